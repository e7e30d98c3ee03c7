/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Member;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the documentation names in commands and in passing is there, also where it is not run. */
class MentionsTest {

    private static final Path ROOT = Path.of(System.getProperty("vixdisklib.root"));

    /** Blocks of shell, and code within a text. */
    private static final Pattern CODE = Pattern.compile("(?ms)^ *```sh\n(.*?)^ *```$|^ *```.*?^ *```$|`([^`]+)`");

    private static final Pattern FILE =
            Pattern.compile("(?<![\\w/.$-])(?:\\.ci|bin|build|docs|vixdisklib-[a-z-]+)/[\\w./-]*\\w");
    private static final Pattern PAGE = Pattern.compile("(?<![\\w/])docs/[\\w/-]+\\.md");
    private static final Pattern MODULES = Pattern.compile("(?m)^ *mvn\\b.*? -pl (\\S+)");
    private static final Pattern TESTS = Pattern.compile("-Dtest='?([\\w.*]+)");
    private static final Pattern PROPERTY = Pattern.compile("(?<=\\s)-D([\\w.]+)");
    private static final Pattern PROFILE = Pattern.compile("(?m)^ *mvn\\b.*? -P(\\w+)");
    private static final Pattern C_TEST = Pattern.compile("ctest .* -R (\\w+)");
    private static final Pattern COMMAND = Pattern.compile("\\bvixdisk (?:(meta) )?([a-z][a-z-]*)((?: [^|;&#()\n]*)?)");
    private static final Pattern OPTION = Pattern.compile("(?<= )--?[a-z][a-z-]*");
    private static final Pattern MEMBER = Pattern.compile("(?<![\\w.])([A-Z]\\w*)(?:\\.|::)([a-zA-Z]\\w*)");

    /** What Maven and its plugins take. */
    private static final Set<String> PROPERTIES_OF_MAVEN = Set.of(
            "altDeploymentRepository",
            "generateBackupPoms",
            "java.io.tmpdir",
            "maven.install.skip",
            "newVersion",
            "surefire.failIfNoSpecifiedTests",
            "test");

    /** Something that a page names. */
    private record Mention(Path page, String name) {
        @Override
        public String toString() {
            return ROOT.relativize(page) + " names " + name;
        }
    }

    /** The code on a page, each command on a line of its own. */
    private static Stream<String> code(Path page) {
        try {
            return CODE.matcher(Files.readString(page).replace("\\\n", " "))
                    .results()
                    .flatMap(found -> Stream.of(found.group(1), found.group(2)).filter(code -> code != null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Mention> mentions(Pattern pattern, Function<MatchResult, Stream<String>> names)
            throws IOException {
        return Page.texts(ROOT).stream()
                .flatMap(page -> code(page)
                        .flatMap(code -> pattern.matcher(code).results())
                        .flatMap(names)
                        .map(name -> new Mention(page, name)))
                .distinct()
                .toList();
    }

    private static List<Mention> mentions(Pattern pattern) throws IOException {
        return mentions(pattern, found -> Stream.of(found.group(Math.min(1, found.groupCount()))));
    }

    private static void areThere(List<Mention> mentions, Predicate<String> isThere) {
        assertThat(mentions)
                .isNotEmpty()
                .filteredOn(mention -> !isThere.test(mention.name()))
                .isEmpty();
    }

    @Test
    void filesAreThere() throws IOException {
        areThere(mentions(FILE), name -> name.contains("/target/") || Files.exists(ROOT.resolve(name)));
    }

    @Test
    void pagesThatSourcesNameAreThere() throws IOException {
        String sources = sources(path -> path.matches(".*(\\.java|\\.[ch]|\\.xml|\\.txt|\\.sh)"), MentionsTest::read);
        assertThat(PAGE.matcher(sources).results().map(MatchResult::group).distinct())
                .isNotEmpty()
                .allSatisfy(page -> assertThat(ROOT.resolve(page)).exists());
    }

    @Test
    void modulesAreThere() throws IOException {
        areThere(
                mentions(MODULES, found -> Stream.of(found.group(1).split(",", -1))),
                name -> Files.exists(ROOT.resolve(name).resolve("pom.xml")));
    }

    @Test
    void testsAreThere() throws IOException {
        String sources = sources(path -> path.endsWith(".java"), path -> path.toString());
        areThere(
                mentions(TESTS),
                name -> sources.contains("/" + name.replace(".**", "").replace('.', '/')));
        areThere(
                mentions(C_TEST), name -> Files.exists(ROOT.resolve("vixdisklib-test-shim/src/test/c/" + name + ".c")));
    }

    @Test
    void propertiesAreThere() throws IOException {
        String sources = sources(
                path -> path.matches(".*(\\.java|/pom\\.xml|/CMakeLists\\.txt|\\.sh)")
                        && !path.endsWith("MentionsTest.java"),
                MentionsTest::read);
        areThere(mentions(PROPERTY), name -> PROPERTIES_OF_MAVEN.contains(name) || sources.contains(name));
    }

    @Test
    void profilesAreThere() throws IOException {
        String pom = read(ROOT.resolve("pom.xml"));
        areThere(mentions(PROFILE), name -> pom.contains("<id>" + name + "</id>"));
    }

    @Test
    void commandsAndTheirOptionsAreThere() throws IOException {
        CommandLine program = Main.program(new Console(Terminal.NONE, System.out, System.err));
        areThere(mentions(COMMAND, found -> Stream.of(found.group())), mention -> {
            MatchResult parts = COMMAND.matcher(mention).results().findFirst().orElseThrow();
            Map<String, CommandLine> commands = Optional.ofNullable(parts.group(1))
                    .map(name -> program.getSubcommands().get(name))
                    .orElse(program)
                    .getSubcommands();
            CommandLine command = commands.get(parts.group(2));
            return command != null
                    && OPTION.matcher(parts.group(3))
                            .results()
                            .allMatch(option -> command.getCommandSpec().findOption(option.group()) != null);
        });
    }

    /** Of types of this project; those of others are theirs. Decisions also name what was decided against. */
    @Test
    void membersOfTypesAreThere() throws IOException {
        Path decisions = ROOT.resolve("docs/adr");
        List<Mention> mentions = mentions(MEMBER, found -> Stream.of(found.group(1) + "." + found.group(2))).stream()
                .filter(mention -> !mention.page().startsWith(decisions))
                .toList();
        areThere(mentions, name -> {
            String[] parts = name.split("\\.", -1);
            return Stream.of("dev.vixdisklib.", "dev.vixdisklib.shim.", "dev.vixdisklib.shim.junit.")
                    .map(prefix -> typeOf(prefix + parts[0]))
                    .allMatch(type -> type == null || hasMember(type, parts[1]));
        });
    }

    private static @Nullable Class<?> typeOf(String name) {
        try {
            return Class.forName(name, false, MentionsTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    private static boolean hasMember(Class<?> type, String name) {
        Stream<String> members = Stream.<Member[]>of(type.getMethods(), type.getFields())
                .flatMap(Arrays::stream)
                .map(Member::getName);
        return Stream.concat(members, Arrays.stream(type.getClasses()).map(Class::getSimpleName))
                .anyMatch(name::equals);
    }

    /** Something about all sources of some name. */
    private static String sources(Predicate<String> which, Function<Path, String> what) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(ROOT)) {
            files.filter(path -> !path.toString().contains("/target/"))
                    .filter(path -> which.test(path.toString()))
                    .map(what)
                    .forEach(text -> all.append(text).append('\n'));
        }
        return all.toString();
    }

    private static String read(Path file) {
        try {
            // Some files that tests use are no text.
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
