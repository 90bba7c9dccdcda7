package io.sampo;

import com.typesafe.config.ConfigFactory;

/** Runs a node in the foreground. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Sampo sampo = Sampo.start(ConfigFactory.parseString("sampo.port=" + args[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(sampo::close));
    sampo.awaitEnd();
  }
}
