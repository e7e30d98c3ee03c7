/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Links of the documentation lead somewhere, and all of it can be found. */
class LinksTest {

    private static final Path ROOT = Path.of(System.getProperty("vixdisklib.root"));
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]*)(?:#([^)\\s]*))?\\)");
    private static final Pattern BLOCK = Pattern.compile("(?s)```.*?\n *```");
    private static final Pattern CODE = Pattern.compile(BLOCK + "|`[^`]*`");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    private record Link(Path page, Path target, String anchor) {

        boolean isBroken() {
            if (!Files.exists(target)) {
                return true;
            }
            return !anchor.isEmpty() && !anchors(target).contains(anchor);
        }

        @Override
        public String toString() {
            return ROOT.relativize(page) + " to " + target + "#" + anchor;
        }
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** As code hosts make them of headings: of those that are the same, the second one gets a number. */
    private static Set<String> anchors(Path page) {
        Map<String, Integer> seen = new HashMap<>();
        return HEADING.matcher(BLOCK.matcher(read(page)).replaceAll(""))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .map(anchor -> {
                    int before = seen.merge(anchor, 1, Integer::sum) - 1;
                    return before == 0 ? anchor : anchor + "-" + before;
                })
                .collect(Collectors.toSet());
    }

    private static List<Link> links(Path page) {
        List<Link> links = new ArrayList<>();
        String text = CODE.matcher(read(page)).replaceAll("code");
        LINK.matcher(text).results().forEach(found -> {
            String path = found.group(1);
            String anchor = found.group(2) == null ? "" : found.group(2);
            if (!path.contains("://")) {
                Path target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
                links.add(new Link(page, target, anchor));
            }
        });
        return links;
    }

    @Test
    void allLinksLeadSomewhere() throws IOException {
        List<Link> links =
                Page.texts(ROOT).stream().flatMap(page -> links(page).stream()).toList();
        assertThat(links).hasSizeGreaterThan(50);
        assertThat(links).filteredOn(Link::isBroken).isEmpty();
    }

    @Test
    void theIndexOfDecisionsHasAllOfThem() throws IOException {
        List<String> entries = Page.texts(ROOT).stream()
                .filter(page -> page.startsWith(ROOT.resolve("docs/adr")))
                .filter(page -> !page.endsWith("README.md"))
                .map(page -> HEADING.matcher(read(page))
                        .results()
                        .findFirst()
                        .orElseThrow()
                        .group(1)
                        .replaceFirst("\\. (.*)", ". [$1](" + page.getFileName() + ")"))
                .toList();
        assertThat(read(ROOT.resolve("docs/adr/README.md"))).endsWith("\n" + String.join("\n", entries) + "\n");
    }

    @Test
    void theIndexHasAllPages() throws IOException {
        Path index = ROOT.resolve("docs/README.md");
        Set<Path> linked = links(index).stream().map(Link::target).collect(Collectors.toCollection(TreeSet::new));
        assertThat(Page.texts(ROOT))
                .filteredOn(page -> page.startsWith(ROOT.resolve("docs")))
                .filteredOn(page -> !page.startsWith(ROOT.resolve("docs/adr")))
                .filteredOn(page -> !page.equals(index))
                .isNotEmpty()
                .allSatisfy(page -> assertThat(linked).contains(page));
    }
}
