import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.List;
import java.util.TimeZone;

/**
 * Reads a warehouse through JDBC, each column as the type that it is declared with, and prints a line for each: table, column,
 * type, rows, values that are not null, and their sum, least and most as whole numbers. What number a value is, sums.py says.
 */
public class Reader {
  // Timestamps are UTC, whatever zone this machine is in.
  private static final Calendar UTC = Calendar.getInstance(TimeZone.getTimeZone("UTC"));

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  private record Column(String table, String name, String type) {}

  public static void main(String[] arguments) throws SQLException {
    String url = "jdbc:sqlite:" + arguments[0] + "?open_mode=1";
    // The driver has one format for dates and timestamps alike, and by default it wants a time of day.
    try (Connection plain = DriverManager.getConnection(url);
        Connection days = DriverManager.getConnection(url + "&date_string_format=yyyy-MM-dd")) {
      for (String table : tables(plain)) {
        for (Column column : columns(plain, table)) {
          System.out.println(summary(column.type().equals("DATE") ? days : plain, column));
        }
      }
    }
  }

  private static List<String> tables(Connection connection) throws SQLException {
    List<String> names = new ArrayList<>();
    try (ResultSet found = connection.getMetaData().getTables(null, null, "%", new String[] {"TABLE"})) {
      while (found.next()) {
        String name = found.getString("TABLE_NAME");
        if (!name.startsWith("__")) names.add(name);
      }
    }
    return names;
  }

  private static List<Column> columns(Connection connection, String table) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (ResultSet found = connection.getMetaData().getColumns(null, null, table, "%")) {
      while (found.next()) {
        // The name is a pattern, in which an underscore is any character.
        if (!found.getString("TABLE_NAME").equals(table)) continue;
        columns.add(new Column(table, found.getString("COLUMN_NAME"), found.getString("TYPE_NAME")));
      }
    }
    return columns;
  }

  private static String summary(Connection connection, Column column) throws SQLException {
    long rows = 0;
    long values = 0;
    long sum = 0;
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    String sql = "SELECT \"" + column.name() + "\" FROM \"" + column.table() + "\"";
    try (ResultSet found = connection.createStatement().executeQuery(sql)) {
      while (found.next()) {
        rows += 1;
        found.getObject(1);
        if (found.wasNull()) continue;
        long number = wholeNumber(found, column);
        values += 1;
        sum = Math.addExact(sum, number);
        least = Math.min(least, number);
        most = Math.max(most, number);
      }
    }
    String range = values == 0 ? "-\t-" : least + "\t" + most;
    return String.join("\t", column.table(), column.name(), column.type(), rows + "\t" + values + "\t" + sum, range);
  }

  private static long wholeNumber(ResultSet found, Column column) throws SQLException {
    switch (column.type()) {
      case "INTEGER":
        return found.getLong(1);
      case "DOUBLE":
        return (long) (found.getDouble(1) * 1_000_000);
      case "BOOLEAN":
        return found.getBoolean(1) ? 1 : 0;
      case "DATE":
        LocalDate day = found.getDate(1).toLocalDate();
        complete(found, column, day.toString());
        return day.toEpochDay();
      case "DATETIME":
        Timestamp instant = found.getTimestamp(1, UTC);
        complete(found, column, SECONDS.format(instant.toInstant()));
        return instant.getTime() / 1000;
      case "TEXT":
        String text = found.getString(1);
        return text.codePointCount(0, text.length());
      case "BLOB":
        return found.getBytes(1).length;
      default:
        throw new IllegalStateException(column + " has a type that this reader does not know");
    }
  }

  /** The driver reads what it expects and passes over what comes behind that, such as the time of day of a date. */
  private static void complete(ResultSet found, Column column, String read) throws SQLException {
    String stored = found.getString(1);
    if (!read.equals(stored)) throw new IllegalStateException(column + " was read as " + read + " and is " + stored);
  }
}
