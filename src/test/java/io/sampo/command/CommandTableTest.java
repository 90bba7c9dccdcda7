package io.sampo.command;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.sampo.command.string.StringCommands;
import io.sampo.resp.Bytes;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class CommandTableTest {
  private final CommandTable table = new CommandTable().add("string", StringCommands.COMMANDS);

  /** Looks a name up in the middle of an array, and at its end. */
  private Command find(String name) {
    Command within = table.find(Bytes.ascii("xx" + name + "yyyyyyyy"), 2, name.length());
    assertSame(within, table.find(Bytes.ascii("xx" + name), 2, name.length()));
    return within;
  }

  @Test
  void namesInAnyCaseAndNothingElse() {
    for (Command command : StringCommands.COMMANDS) {
      String name = command.name;
      assertSame(command, find(name));
      assertSame(command, find(name.toUpperCase(Locale.ROOT)));
      assertSame(command, find(name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1)));
      assertNull(find(name + "\0"));
      assertNull(find("\0" + name));
      assertNull(find(name + "~"));
    }
    assertNull(find(""));
    assertNull(find("\0"));
    assertNull(find("\u00e7\u0045\u0054"));
  }
}
