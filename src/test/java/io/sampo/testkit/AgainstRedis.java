package io.sampo.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that is given a {@link Differential}: it runs once per layout and protocol, with both
 * servers empty and the connections fresh, and is skipped where no redis-server is installed.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(AgainstRedisExtension.class)
public @interface AgainstRedis {
  /** The Sampos to compare with. */
  On[] value() default @On;

  /** The protocols to speak: 2, 3 or both. */
  int[] protocols() default {2, 3};

  /** How a Sampo is laid out. */
  @Target({})
  @interface On {
    int shards() default 1;

    int loops() default 1;

    String transport() default "core";
  }
}
