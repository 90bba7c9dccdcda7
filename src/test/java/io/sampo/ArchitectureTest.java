package io.sampo;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The layers of the code: a package imports only those that stand before it in a list. */
class ArchitectureTest {
  private static final List<String> LAYERS =
      List.of(
          "resp",
          "data",
          "keyspace",
          "command",
          "persist",
          "shard",
          "journal",
          "replication",
          "cluster",
          "server",
          "net");

  /** What the server's own classes are built on, in the same order. */
  private static final List<String> SERVER = List.of("config", "pubsub", "stats", "migrate");

  private static final String ROOT = "io.sampo";

  private static final String COMMAND = ROOT + ".command";

  private static final String DATA = ROOT + ".data";

  private static JavaClasses code;

  @BeforeAll
  static void read() {
    code =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
  }

  static IntStream layers() {
    return IntStream.range(0, LAYERS.size());
  }

  @ParameterizedTest
  @MethodSource("layers")
  void importsOnlyWhatStandsBefore(int layer) {
    String[] later =
        Stream.concat(
                Stream.of(ROOT),
                LAYERS.stream().skip(layer + 1L).map(ArchitectureTest::withSubpackages))
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(withSubpackages(LAYERS.get(layer)))
        .should()
        .dependOnClassesThat(resideInAnyPackage(later))
        .allowEmptyShould(true)
        .check(code);
  }

  @Test
  void whatFamiliesOfCommandsShareKnowsNoneOfThem() {
    noClasses()
        .that()
        .resideInAPackage(COMMAND)
        .should()
        .dependOnClassesThat(resideInAPackage(COMMAND + ".*"))
        .check(code);
  }

  @Test
  void aFamilyOfCommandsKnowsNoOther() {
    slices().matching(COMMAND + ".(*)").should().notDependOnEachOther().check(code);
  }

  @Test
  void whatTypesOfValuesShareKnowsNoneOfThem() {
    noClasses()
        .that()
        .resideInAPackage(DATA)
        .should()
        .dependOnClassesThat(resideInAPackage(DATA + ".*"))
        .check(code);
  }

  @Test
  void aTypeOfValuesKnowsNoOther() {
    slices().matching(DATA + ".(*)").should().notDependOnEachOther().check(code);
  }

  static IntStream partsOfTheServer() {
    return IntStream.range(0, SERVER.size());
  }

  @ParameterizedTest
  @MethodSource("partsOfTheServer")
  void aPartOfTheServerImportsOnlyThoseBefore(int part) {
    String server = ROOT + ".server";
    String[] later =
        Stream.concat(
                Stream.of(server),
                SERVER.stream().skip(part + 1L).map(name -> server + "." + name + ".."))
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(server + "." + SERVER.get(part) + "..")
        .should()
        .dependOnClassesThat(resideInAnyPackage(later))
        .check(code);
  }

  @Test
  void theServerKnowsNoneOfItsCommands() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".server")
        .should()
        .dependOnClassesThat(resideInAPackage(ROOT + ".server.command"))
        .check(code);
  }

  @Test
  void everyPackageIsALayer() {
    String[] known =
        Stream.concat(Stream.of(ROOT), LAYERS.stream().map(ArchitectureTest::withSubpackages))
            .toArray(String[]::new);
    classes().should().resideInAnyPackage(known).check(code);
  }

  @Test
  void theProtocolNeedsNothingButTheJdk() {
    classes()
        .that()
        .resideInAPackage(withSubpackages("resp"))
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage("java..", withSubpackages("resp")))
        .check(code);
  }

  @Test
  void valuesNeedNothingButTheProtocol() {
    classes()
        .that()
        .resideInAPackage(withSubpackages("data"))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("java..", withSubpackages("resp"), withSubpackages("data")))
        .allowEmptyShould(true)
        .check(code);
  }

  @Test
  void commandsKnowNoActors() {
    noClasses()
        .that()
        .resideInAnyPackage(
            withSubpackages("resp"),
            withSubpackages("data"),
            withSubpackages("keyspace"),
            withSubpackages("command"))
        .should()
        .dependOnClassesThat(resideInAPackage("org.apache.pekko.."))
        .check(code);
  }

  private static String withSubpackages(String layer) {
    return ROOT + "." + layer + "..";
  }
}
