package io.sampo.resp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Reads replies, of RESP2 and RESP3, from a stream; blocking, and reading no byte more than the
 * reply has, so that whatever follows in another format can be read by others. Attributes are
 * skipped. The stream should be buffered.
 */
public final class ReplyReader {
  /** Deeper nesting, which no command replies with, is refused rather than overflow the stack. */
  private static final int MAX_DEPTH = 512;

  private static final int MAX_LINE = 64 * 1024;

  private final InputStream in;

  public ReplyReader(InputStream in) {
    this.in = in;
  }

  /**
   * Reads the next reply.
   *
   * @throws EOFException if the stream ends before or within it
   * @throws ProtocolException if it is no reply
   */
  public Reply read() throws IOException {
    return read(0);
  }

  private Reply read(int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new ProtocolException("nested deeper than " + MAX_DEPTH);
    }
    int type = octet();
    byte[] line = line();
    String text = Bytes.text(line);
    return switch (type) {
      case '+' -> new Reply.Simple(text);
      case '-' -> new Reply.Error(text);
      case ':' -> new Reply.Int(integer(line));
      case '_' -> new Reply.Null();
      case ',' -> new Reply.Real(real(line));
      case '#' -> new Reply.Bool(bool(text));
      case '(' -> new Reply.BigNumber(text);
      case '$' -> text.equals("-1") ? new Reply.Null() : new Reply.Bulk(blob(line));
      case '!' -> new Reply.Error(Bytes.text(blob(line)));
      case '=' -> verbatim(new String(blob(line), StandardCharsets.UTF_8));
      case '*' -> text.equals("-1") ? new Reply.Null() : new Reply.Array(list(line, 1, depth));
      case '~' -> new Reply.Set(list(line, 1, depth));
      case '>' -> new Reply.Push(list(line, 1, depth));
      case '%' -> new Reply.Map(list(line, 2, depth));
      case '|' -> {
        list(line, 2, depth);
        yield read(depth + 1);
      }
      default -> throw new ProtocolException("no type of reply: " + type + " before " + text);
    };
  }

  private List<Reply> list(byte[] line, int each, int depth) throws IOException {
    long n = (long) length(line) * each;
    List<Reply> elements = new ArrayList<>((int) Math.min(n, 1024));
    for (long i = 0; i < n; i++) {
      elements.add(read(depth + 1));
    }
    return Collections.unmodifiableList(elements);
  }

  private byte[] blob(byte[] line) throws IOException {
    int length = length(line);
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the stream ended within a reply");
    }
    if (octet() != '\r' || octet() != '\n') {
      throw new ProtocolException("no end of line behind a string");
    }
    return bytes;
  }

  private static Reply verbatim(String text) throws ProtocolException {
    if (text.length() < 4 || text.charAt(3) != ':') {
      throw new ProtocolException("verbatim text without its format");
    }
    return new Reply.Verbatim(text.substring(0, 3), text.substring(4));
  }

  private static boolean bool(String text) throws ProtocolException {
    if (!text.equals("t") && !text.equals("f")) {
      throw new ProtocolException("no boolean: " + text);
    }
    return text.equals("t");
  }

  private static double real(byte[] line) throws ProtocolException {
    double value = Numbers.parseDouble(line, 0, line.length);
    if (Double.isNaN(value) && !Bytes.text(line).endsWith("nan")) {
      throw new ProtocolException("no double: " + Bytes.text(line));
    }
    return value;
  }

  private static int length(byte[] line) throws ProtocolException {
    long length = integer(line);
    if (length < 0 || length > Integer.MAX_VALUE - 8) {
      throw new ProtocolException("no length: " + length);
    }
    return (int) length;
  }

  private static long integer(byte[] line) throws ProtocolException {
    if (!Bytes.isLong(line, 0, line.length)) {
      throw new ProtocolException("no integer: " + Bytes.text(line));
    }
    return Bytes.parseLong(line, 0, line.length);
  }

  private byte[] line() throws IOException {
    byte[] line = new byte[32];
    int n = 0;
    for (int b = octet(); b != '\r'; b = octet()) {
      if (n == MAX_LINE) {
        throw new ProtocolException("a line of more than 64 KiB");
      }
      if (n == line.length) {
        line = Arrays.copyOf(line, n * 2);
      }
      line[n++] = (byte) b;
    }
    if (octet() != '\n') {
      throw new ProtocolException("a carriage return within a line");
    }
    return Arrays.copyOf(line, n);
  }

  private int octet() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException("the stream ended where a reply was expected");
    }
    return b;
  }
}
