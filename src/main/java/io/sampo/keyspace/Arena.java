package io.sampo.keyspace;

import io.sampo.data.Pages;
import io.sampo.data.Words;
import java.util.Arrays;

/**
 * A slab allocator: records live in {@link Pages}, or shorter arrays while there are few, each cut
 * into slots of one size class. To the garbage collector a page is one object without references.
 *
 * <p>An address counts units of 8 bytes: page number times 65536 plus the unit within the page. It
 * is an unsigned int, so that one arena reaches 32 GiB; 0 is no address.
 */
final class Arena {
  static final int NONE = 0;
  static final int PAGE_BYTES = Pages.BYTES;

  /** Records above this have a page of their own. */
  static final int LARGEST_CLASS = 8192;

  private static final int PAGE_SHIFT = 16;
  private static final int UNIT_MASK = (1 << PAGE_SHIFT) - 1;
  private static final int MAX_PAGES = 1 << (32 - PAGE_SHIFT);
  private static final int FIRST_PAGE_BYTES = 512;
  private static final int ARRAY_HEADER = 16;
  private static final int NO_SLOT = -1;

  /** How many records are moved at once. */
  static final int EVACUATED = 1024;

  private static final int[] CLASS_SIZE = classSizes();
  private static final byte[] CLASS_OF_UNITS = classOfUnits();

  private byte[][] bytes = new byte[4][];
  private Page[] pages = new Page[4];
  private int pageCount = 1;
  private int[] freeNumbers = new int[4];
  private int freeNumberCount;
  private final Page[] open = new Page[CLASS_SIZE.length];
  private final long[] classBytes = new long[CLASS_SIZE.length];
  private long used;
  private long allocated;

  /** A page, cut into slots; linked to the other pages of its class that have room. */
  private static final class Page {
    final int number;
    final int sizeClass;
    final int slotBytes;
    final int slots;
    int used;
    int fresh;
    int free = NO_SLOT;
    boolean listed;
    boolean leaving;
    Page previous;
    Page next;

    Page(int number, int sizeClass, int slotBytes, int slots) {
      this.number = number;
      this.sizeClass = sizeClass;
      this.slotBytes = slotBytes;
      this.slots = slots;
    }
  }

  /** What becomes of a record that is asked to leave its page; see {@link #evacuate}. */
  interface Mover {
    void move(int address);
  }

  private static int[] classSizes() {
    int[] sizes = new int[128];
    int n = 0;
    for (int size = 8; size <= LARGEST_CLASS; size = nextClass(size)) {
      sizes[n++] = size;
    }
    return Arrays.copyOf(sizes, n);
  }

  /** Steps of 8 up to 256, then of an eighth; the last class is exactly the largest. */
  private static int nextClass(int size) {
    if (size < 256) {
      return size + 8;
    }
    int next = (size + size / 8 + 7) & ~7;
    return size < LARGEST_CLASS ? Math.min(next, LARGEST_CLASS) : next;
  }

  private static byte[] classOfUnits() {
    byte[] classes = new byte[LARGEST_CLASS / 8 + 1];
    int c = 0;
    for (int units = 1; units < classes.length; units++) {
      if (units * 8 > CLASS_SIZE[c]) {
        c++;
      }
      classes[units] = (byte) c;
    }
    return classes;
  }

  /** The bytes that a record of {@code size} bytes really takes. */
  static int rounded(int size) {
    return size <= LARGEST_CLASS
        ? CLASS_SIZE[CLASS_OF_UNITS[(size + 7) >>> 3]]
        : ((size + 7) & ~7) + ARRAY_HEADER;
  }

  /** The page that {@code address} lies in. */
  byte[] page(int address) {
    return bytes[address >>> PAGE_SHIFT];
  }

  /** Where in its page {@code address} lies. */
  static int offset(int address) {
    return (address & UNIT_MASK) << 3;
  }

  /** The bytes of all live records, slots rounded up to their class. */
  long used() {
    return used;
  }

  /** The bytes of all pages. */
  long allocated() {
    return allocated;
  }

  /** Room for a record; its contents are undefined. */
  int allocate(int size) {
    if (size > LARGEST_CLASS) {
      return allocateAlone(size);
    }
    int sizeClass = CLASS_OF_UNITS[(size + 7) >>> 3];
    Page page = open[sizeClass];
    if (page == null) {
      page = newPage(sizeClass);
    }
    int slot = page.free;
    if (slot != NO_SLOT) {
      page.free = Words.getInt(bytes[page.number], slot + 4);
    } else {
      slot = page.fresh;
      page.fresh += page.slotBytes;
    }
    if (++page.used == page.slots) {
      unlink(page);
    }
    used += page.slotBytes;
    classBytes[sizeClass] += page.slotBytes;
    return page.number << PAGE_SHIFT | slot >>> 3;
  }

  void free(int address) {
    Page page = pages[address >>> PAGE_SHIFT];
    if (page.sizeClass < 0) {
      used -= page.slotBytes;
      release(page);
      return;
    }
    int slot = offset(address);
    byte[] b = bytes[page.number];
    b[slot] = (byte) Record.FREE;
    Words.putInt(b, slot + 4, page.free);
    page.free = slot;
    used -= page.slotBytes;
    classBytes[page.sizeClass] -= page.slotBytes;
    if (--page.used == 0) {
      if (page.listed) {
        unlink(page);
      }
      release(page);
    } else if (!page.listed && !page.leaving) {
      link(page);
    }
  }

  private int allocateAlone(int size) {
    int length = (size + 7) & ~7;
    byte[] b = new byte[length];
    Page page = new Page(takeNumber(), -1, length + ARRAY_HEADER, 1);
    install(page, b);
    used += page.slotBytes;
    return page.number << PAGE_SHIFT;
  }

  /** The first pages of a class are small, and double with what the class holds. */
  private Page newPage(int sizeClass) {
    int slotBytes = CLASS_SIZE[sizeClass];
    long wanted = Math.max(classBytes[sizeClass], Math.max(FIRST_PAGE_BYTES, slotBytes));
    int length = (int) Math.min(wanted, PAGE_BYTES);
    byte[] b = length == PAGE_BYTES ? Pages.take() : new byte[length];
    Page page = new Page(takeNumber(), sizeClass, slotBytes, length / slotBytes);
    install(page, b);
    link(page);
    return page;
  }

  private void install(Page page, byte[] b) {
    bytes[page.number] = b;
    pages[page.number] = page;
    allocated += b.length + ARRAY_HEADER;
  }

  private int takeNumber() {
    if (freeNumberCount > 0) {
      return freeNumbers[--freeNumberCount];
    }
    if (pageCount == MAX_PAGES) {
      throw new OutOfMemoryError("a database of one shard is limited to 32 GiB of records");
    }
    if (pageCount == pages.length) {
      bytes = Arrays.copyOf(bytes, pageCount * 2);
      // To free a page takes no heap.
      freeNumbers = Arrays.copyOf(freeNumbers, pageCount * 2);
      pages = Arrays.copyOf(pages, pageCount * 2);
    }
    return pageCount++;
  }

  private void release(Page page) {
    byte[] b = bytes[page.number];
    allocated -= b.length + ARRAY_HEADER;
    Pages.give(b);
    bytes[page.number] = null;
    pages[page.number] = null;
    freeNumbers[freeNumberCount++] = page.number;
  }

  /** Gives its pages away, for it is not used any more. */
  void release() {
    for (int i = 1; i < pageCount; i++) {
      if (bytes[i] != null) {
        Pages.give(bytes[i]);
      }
    }
  }

  /** Puts a page behind the first of its class, which is filled up before others. */
  private void link(Page page) {
    Page head = open[page.sizeClass];
    page.listed = true;
    if (head == null) {
      page.previous = null;
      page.next = null;
      open[page.sizeClass] = page;
      return;
    }
    page.previous = head;
    page.next = head.next;
    if (head.next != null) {
      head.next.previous = page;
    }
    head.next = page;
  }

  private void unlink(Page page) {
    if (page.previous == null) {
      open[page.sizeClass] = page.next;
    } else {
      page.previous.next = page.next;
    }
    if (page.next != null) {
      page.next.previous = page.previous;
    }
    page.previous = null;
    page.next = null;
    page.listed = false;
  }

  /** One more than the highest page number in use. */
  int pageCount() {
    return pageCount;
  }

  /**
   * Empties page {@code number}, or goes on with it, if it is less than half full and its class has
   * room elsewhere: hands its records to {@code mover}, which has to copy each to a new address and
   * free the old. Returns the number of records moved; if that is {@link #EVACUATED}, there may be
   * more.
   */
  int evacuate(int number, Mover mover) {
    Page page = pages[number];
    if (page == null || page.sizeClass < 0 || page.used * 2 > page.slots) {
      return 0;
    }
    if (!page.leaving) {
      if (!page.listed || (page.previous == null && page.next == null)) {
        return 0;
      }
      // Off the list, so that no record is moved to where it came from.
      unlink(page);
      page.leaving = true;
    }
    byte[] b = bytes[number];
    int moved = 0;
    for (int slot = 0; page.used > 0 && moved < EVACUATED; slot += page.slotBytes) {
      if (Record.flags(b, slot) != Record.FREE) {
        mover.move(number << PAGE_SHIFT | slot >>> 3);
        moved++;
      }
    }
    return moved;
  }
}
