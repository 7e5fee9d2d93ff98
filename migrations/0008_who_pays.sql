ALTER TABLE `mrr_movements_by_customer` ADD `was_paying` BOOLEAN;--> statement-breakpoint
ALTER TABLE `mrr_movements_by_customer` ADD `is_paying` BOOLEAN;