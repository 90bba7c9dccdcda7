package io.sampo.persist;

import java.nio.charset.StandardCharsets;

/** The numbers of the RDB format, by Redis's names for them. */
final class RdbFormat {
  static final byte[] MAGIC = "REDIS".getBytes(StandardCharsets.US_ASCII);

  /** Of 7.0: the oldest version whose readers take all that we write of most values. */
  static final int VERSION = 10;

  /** Of 7.4: the first that knows fields which expire; also the latest that we read. */
  static final int LATEST_VERSION = 12;

  /** The first version that ends with a checksum. */
  static final int CHECKSUM_VERSION = 5;

  // What an entry is; see also the opcodes.
  static final int STRING = 0;
  static final int LIST = 1;
  static final int SET = 2;
  static final int ZSET = 3;
  static final int HASH = 4;
  static final int ZSET_2 = 5;
  static final int MODULE_PRE_GA = 6;
  static final int MODULE_2 = 7;
  static final int HASH_ZIPMAP = 9;
  static final int LIST_ZIPLIST = 10;
  static final int SET_INTSET = 11;
  static final int ZSET_ZIPLIST = 12;
  static final int HASH_ZIPLIST = 13;
  static final int LIST_QUICKLIST = 14;
  static final int STREAM_LISTPACKS = 15;
  static final int HASH_LISTPACK = 16;
  static final int ZSET_LISTPACK = 17;
  static final int LIST_QUICKLIST_2 = 18;
  static final int STREAM_LISTPACKS_2 = 19;
  static final int SET_LISTPACK = 20;
  static final int STREAM_LISTPACKS_3 = 21;
  static final int HASH_METADATA_PRE_GA = 22;
  static final int HASH_LISTPACK_EX_PRE_GA = 23;
  static final int HASH_METADATA = 24;
  static final int HASH_LISTPACK_EX = 25;

  // What comes between entries.
  static final int SLOT_INFO = 244;
  static final int FUNCTION2 = 245;
  static final int FUNCTION_PRE_GA = 246;
  static final int MODULE_AUX = 247;
  static final int IDLE = 248;
  static final int FREQ = 249;
  static final int AUX = 250;
  static final int RESIZEDB = 251;
  static final int EXPIRETIME_MS = 252;
  static final int EXPIRETIME = 253;
  static final int SELECTDB = 254;
  static final int EOF = 255;

  // First bytes of lengths, where not all of the length is in them; the last two bits of the first
  // byte are set where something else than a length follows.
  static final int LENGTH_14 = 0x40;
  static final int LENGTH_32 = 0x80;
  static final int LENGTH_64 = 0x81;
  static final int ENCODED = 0xc0;

  // Strings that are not written as such, by the bits that follow those of ENCODED.
  static final int INT8 = 0;
  static final int INT16 = 1;
  static final int INT32 = 2;
  static final int LZF = 3;

  /** Whether a node of a quicklist is one element or a listpack. */
  static final int PLAIN = 1;

  static final int PACKED = 2;

  // Parts of what modules write.
  static final int MODULE_EOF = 0;
  static final int MODULE_SINT = 1;
  static final int MODULE_UINT = 2;
  static final int MODULE_FLOAT = 3;
  static final int MODULE_DOUBLE = 4;
  static final int MODULE_STRING = 5;

  private RdbFormat() {}
}
