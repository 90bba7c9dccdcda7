package io.sampo.testkit;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs an {@link AgainstRedis} test once per layout and protocol. */
final class AgainstRedisExtension implements TestTemplateInvocationContextProvider {
  private static final String DEBUG = "enable-debug-command";
  private static final Namespace SERVERS = Namespace.create(AgainstRedisExtension.class);

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return AnnotationSupport.isAnnotated(context.getRequiredTestMethod(), AgainstRedis.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    AgainstRedis test =
        AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), AgainstRedis.class)
            .orElseThrow();
    return Stream.of(test.value())
        .flatMap(
            on ->
                IntStream.of(test.protocols())
                    .mapToObj(protocol -> new Invocation(Layout.of(on), protocol)));
  }

  private record Invocation(Layout layout, int protocol) implements TestTemplateInvocationContext {
    @Override
    public String getDisplayName(int index) {
      return "RESP" + protocol + ", " + layout;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new Servers(layout, protocol));
    }
  }

  /** Hands one invocation its pair; the servers live as long as the test run. */
  private static final class Servers
      implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private final Layout layout;
    private final int protocol;
    private Differential pair;

    Servers(Layout layout, int protocol) {
      this.layout = layout;
      this.protocol = protocol;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
      Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
      ExtensionContext.Store store = context.getRoot().getStore(SERVERS);
      RedisProcess redis =
          store.getOrComputeIfAbsent(
              "redis", key -> RedisProcess.start("--" + DEBUG, "local"), RedisProcess.class);
      TestNode sampo =
          store.getOrComputeIfAbsent(
              layout, key -> TestNode.start(layout, Map.of(DEBUG, "local")), TestNode.class);
      pair = Differential.connect(sampo.port(), redis.port(), protocol);
    }

    @Override
    public void afterEach(ExtensionContext context) {
      if (pair != null) {
        pair.close();
      }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Differential.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return pair;
    }
  }
}
