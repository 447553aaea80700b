package asl;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import asl.cli.Asl;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The shape of the code: which package may know which, and what only one place may do. */
@AnalyzeClasses(packages = "asl", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    /** What each package may use of ours beside itself; {@code model} and {@code data} never meet. */
    private static final Map<String, Set<String>> MAY_USE = table("""
            random:
            config:
            ops:          config random
            model:        config random ops
            method:       config random ops model
            data:         config random
            distributed:  config random
            log:          config random
            interop:      config random
            eval:         config random ops model method data distributed log interop
            train:        config random ops model method data distributed log interop eval
            cli:          config random ops model method data distributed log interop eval train
            """);

    @ArchTest
    static final ArchRule PICOCLI_STAYS_IN_CLI = noClasses()
            .that()
            .resideOutsideOfPackage("asl.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..")
            .because("commands only wire; what they run is usable without a command line");

    @ArchTest
    static final ArchRule JACKSON_STAYS_AT_THE_BORDERS = noClasses()
            .that()
            .resideOutsideOfPackages("asl.config..", "asl.log..", "asl.interop..", "asl.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml..");

    @ArchTest
    static final ArchRule TENSORS_STAY_OUT_OF_PLAIN_JAVA = noClasses()
            .that()
            .resideInAnyPackage("asl.config..", "asl.random..", "asl.data..", "asl.log..", "asl.interop..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl.ndarray..", "ai.djl.nn..", "ai.djl.pytorch..")
            .because("these packages are tested and used without an engine");

    @ArchTest
    static final ArchRule ONLY_MAIN_EXITS = noClasses()
            .that()
            .doNotBelongToAnyOf(Asl.class)
            .should()
            .callMethod(System.class, "exit", int.class)
            .because("a library never ends its caller's process");

    @ArchTest
    static final ArchRule ONLY_CLI_AND_LOG_PRINT = noClasses()
            .that()
            .resideOutsideOfPackages("asl.cli..", "asl.log..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(Throwable.class, "printStackTrace");

    @ArchTest
    static final ArchRule NAMES_SAY_WHAT_A_CLASS_IS = noClasses()
            .should()
            .haveNameMatching("(?i).*(util|utils|misc|common|helper|helpers|manager|impl)")
            .orShould()
            .haveNameMatching(".*[.$]Base[A-Z].*")
            .orShould()
            .resideInAnyPackage("..util..", "..misc..", "..common..", "..helper..", "..helpers..");

    @ArchTest
    static final ArchRule CLASSES_ARE_FINAL_OR_MEANT_FOR_EXTENSION = classes()
            .that()
            .areTopLevelClasses()
            .and()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .should()
            .haveModifier(JavaModifier.FINAL)
            .orShould()
            .haveModifier(JavaModifier.ABSTRACT);

    @ArchTest
    static void packagesKnowOnlyThoseBelow(JavaClasses ours) {
        Set<String> violations = new TreeSet<>();
        for (JavaClass user : ours) {
            assertThat(MAY_USE)
                    .as("%s is in a package that has its place in the table", user.getName())
                    .containsKey(packageOf(user));
            Set<String> allowed = MAY_USE.getOrDefault(packageOf(user), Set.of());
            user.getDirectDependenciesFromSelf().stream()
                    .filter(use -> use.getTargetClass().getPackageName().startsWith("asl."))
                    .filter(use -> !packageOf(use.getTargetClass()).equals(packageOf(user)))
                    .filter(use -> !allowed.contains(packageOf(use.getTargetClass())))
                    .forEach(use -> violations.add(use.getDescription()));
        }
        assertThat(violations).isEmpty();
    }

    private static Map<String, Set<String>> table(String rows) {
        return rows.lines()
                .map(row -> row.split(": *", -1))
                .collect(Collectors.toMap(row -> row[0], row -> Set.of(row[1].split(" +"))));
    }

    /** The package below {@code asl}. */
    private static String packageOf(JavaClass type) {
        return type.getPackageName().split("\\.")[1];
    }
}
