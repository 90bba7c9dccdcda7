package io.sampo.data;

/** A value that is kept as an object beside its key, rather than in the key's record. */
public interface Value {
  Type type();

  /** The name OBJECT ENCODING gives its present form. */
  String encoding();

  /** An estimate of the heap it occupies, in bytes; cheap, for it is asked after every change. */
  long heapBytes();

  /** A value of its own with the same content. */
  Value copy();

  /**
   * What it holds now, to be read, by any thread, while this one goes on changing. Big collections
   * share their pieces with it, and copy each before they change it: so this takes little time, as
   * {@link #copy} does not.
   */
  default Value frozen() {
    return copy();
  }

  /**
   * Gives away what {@link Pages} it has and shares with no frozen or other copy, for nobody will
   * look at it any more.
   */
  default void release() {}
}
