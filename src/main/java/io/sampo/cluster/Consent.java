package io.sampo.cluster;

/** What becomes of the wish that another node take over from the master. */
public enum Consent {
  /** Another one is about to take over. */
  GIVEN("on its way"),
  UNDER_WAY("another succession is under way"),
  NO_REPLICA("there is no replica that could take over"),
  NO_MASTER("this node is not the master"),
  /** The master cannot be asked: if that lasts, another one is elected anyway. */
  NO_ANSWER("the master does not answer");

  final String text;

  Consent(String text) {
    this.text = text;
  }
}
