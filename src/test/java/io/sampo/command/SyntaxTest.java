package io.sampo.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyntaxTest {
  private static Syntax.Argument only(String text) {
    List<Syntax.Argument> arguments = Syntax.parse(text);
    assertEquals(1, arguments.size(), text);
    return arguments.get(0);
  }

  @Test
  void keysAndTypes() {
    assertEquals(0, only("key").keySpec());
    assertEquals("key", only("key").type());
    assertEquals("string", only("key:string").type());
    assertEquals(-1, only("key:string").keySpec());
    assertEquals(1, only("destination#1").keySpec());
    assertEquals("unix-time", only("when:time").type());
    assertEquals("ip:port", only("'ip:port'@-2.8.12").name());
    assertEquals("2.8.12", only("'ip:port'@-2.8.12").deprecated());
  }

  @Test
  void wordsBindToWhatFollows() {
    assertEquals("seconds", only("EX seconds:int").name());
    assertEquals("EX", only("EX seconds:int").token());
    assertEquals("get", only("[GET@6.2.0]").name());
    assertEquals("6.2.0", only("[GET@6.2.0]").since());
    assertEquals(2, Syntax.parse("NX XX").size());
    assertEquals("change", only("change=CH").name());
    assertEquals("pure-token", only("empty=").type());
    assertTrue(only("empty=").hasToken());
  }

  @Test
  void repetitionOfTheWordOrOfTheArgument() {
    Syntax.Argument once = only("[KEYS key#1@3.0.6...]");
    assertTrue(once.optional() && once.multiple() && !once.multipleToken());
    assertEquals("3.0.6", once.since());
    Syntax.Argument each = only("[GET pattern:pattern#1]...");
    assertTrue(each.optional() && each.multiple() && each.multipleToken());
  }

  @Test
  void nesting() {
    Syntax.Argument trim = only("[trim:(how:<MAXLEN|MINID@6.2.0> [op:<equal==|about=~>] n)]");
    assertEquals(List.of("how", "op", "n"), trim.parts().stream().map(x -> x.name()).toList());
    assertEquals("~", trim.parts().get(1).parts().get(1).token());
    assertEquals(
        "[MAXLEN|MINID [=|~] <n>]",
        Syntax.usage("[trim:(how:<MAXLEN|MINID@6.2.0> [op:<equal==|about=~>] n)]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[key", "a:<b|c", "a:(b c", "a:number", "a )", "key]", "a:"})
  void whatIsNotOfTheGrammarIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Syntax.parse(text));
  }
}
