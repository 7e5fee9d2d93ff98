CREATE TABLE `data_dictionary` (
	`table_name` text NOT NULL,
	`table_meaning` text NOT NULL,
	`column_name` text NOT NULL,
	`position` integer NOT NULL,
	`type` text NOT NULL,
	`unit` text,
	`meaning` text NOT NULL,
	`wire_field` text,
	`nullable` BOOLEAN NOT NULL,
	`in_primary_key` BOOLEAN NOT NULL,
	PRIMARY KEY(`table_name`, `column_name`)
);
