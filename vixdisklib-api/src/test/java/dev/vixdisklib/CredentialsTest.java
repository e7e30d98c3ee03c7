/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.vixdisklib.internal.SecretBytes;
import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest extends TestServers {

    CredentialsTest() throws IOException {}

    @Test
    void theyTellTheUserAndNoSecret() {
        char[] secret = "s3cret".toCharArray();
        List<Credentials> all = List.of(
                Credentials.password("root", secret),
                Credentials.password("root", () -> secret),
                Credentials.sessionCookie(secret),
                Credentials.sessionCookie(() -> secret),
                Credentials.sessionCookie("root", secret, secret),
                Credentials.sessionCookie("root", () -> secret, () -> secret));
        assertThat(all)
                .extracting(Object::toString)
                .containsExactly(
                        "the user root",
                        "the user root",
                        "a session",
                        "a session",
                        "a session of the user root",
                        "a session of the user root");
        assertThat(all.get(0).userName()).contains("root");
        assertThat(all.get(2).userName()).isEmpty();
        assertThat(all.get(4).userName()).contains("root");
    }

    @Test
    void thoseOfTheProcessAreForWindows() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(Credentials::sspi)
                .withMessageContaining("only Windows");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s3cret\0", "\0", "s3cret\ud83d", "\ud83ds3cret", "\udd11s3cret", "s3cret\udd11\ud83d"})
    void whatIsNoSecretIsRefusedAndNotShown(String secret) {
        List<ThrowingCallable> early = List.of(
                () -> Credentials.password("root", secret.toCharArray()),
                () -> Credentials.sessionCookie(secret.toCharArray()),
                () -> Credentials.sessionCookie("root", secret.toCharArray(), "key".toCharArray()),
                () -> Credentials.sessionCookie("root", "cookie".toCharArray(), secret.toCharArray()));
        for (ThrowingCallable call : early) {
            assertThat(assertTellsNoSecret("s3cret", call))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching("the (password|cookie|key) of .*(is empty|contains .*)");
        }
        char[] given = secret.toCharArray();
        Supplier<char[]> supplier = () -> given;
        for (Credentials late : List.of(
                Credentials.password("root", supplier),
                Credentials.sessionCookie(supplier),
                Credentials.sessionCookie("root", supplier, "key"::toCharArray),
                Credentials.sessionCookie("root", "cookie"::toCharArray, supplier))) {
            ConnectionSpec spec = ConnectionSpec.server(VCENTER, late).vm("vm-42");
            System.arraycopy(secret.toCharArray(), 0, given, 0, given.length);
            assertThat(assertTellsNoSecret("s3cret", () -> lib.connect(spec)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(new String(given)).doesNotContain("s3cret");
        }
        assertThat(open()).containsExactly("1 CONNECTIONS");
    }

    @Test
    @SuppressWarnings("NullAway") // on purpose
    void aSupplierThatGivesNothingIsRefused() {
        Credentials credentials = Credentials.password("root", () -> null);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        lib.connect(ConnectionSpec.server(VCENTER, credentials).vm("vm-42")))
                .withMessage("the supplier of the password of root has given null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ro\0ot", "root\n", "\ud83d"})
    void whatIsNoNameOfAUserIsRefused(String name) {
        char[] secret = {'a'};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Credentials.password(name, secret))
                .withMessageStartingWith("the name of the user ");
        assertThatIllegalArgumentException().isThrownBy(() -> Credentials.password(name, () -> secret));
        assertThatIllegalArgumentException().isThrownBy(() -> Credentials.sessionCookie(name, secret, secret));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Credentials.sessionCookie(name, () -> secret, () -> secret));
    }

    @Test
    void onceDestroyedTheyAreOfNoUse() throws IOException {
        for (Credentials credentials : List.of(
                Credentials.password(USER, PASSWORD.toCharArray()),
                Credentials.password(USER, PASSWORD::toCharArray),
                Credentials.sessionCookie(COOKIE.toCharArray()),
                Credentials.sessionCookie(USER, COOKIE.toCharArray(), "key".toCharArray()))) {
            ConnectionSpec spec = ConnectionSpec.server(VCENTER, credentials).vm("vm-42");
            try (Connection connection = lib.connect(spec)) {
                assertThat(credentials.isDestroyed()).isFalse();
                credentials.destroy();
                credentials.destroy();
                assertThat(credentials.isDestroyed()).isTrue();
                connection.openDisk(DISK).close();
                assertThatIllegalStateException()
                        .isThrownBy(() -> lib.connect(spec))
                        .withMessageEndingWith(" is destroyed");
            }
        }
    }

    @Test
    void anyTextArrivesAsUtf8() {
        atRandom(random -> {
            for (int round = 0; round < 200; round++) {
                String text = random.ints(1 + random.nextInt(40), 1, Character.MAX_CODE_POINT + 1)
                        .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                        .collect(() -> new StringBuilder("x"), StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
                assertThat(encoded(text)).as(text).isEqualTo((text + "\0").getBytes(StandardCharsets.UTF_8));
            }
        });
        for (String text : List.of("a", "\u007f\u0080\u07ff\u0800\uffff", "\ud800\udc00\udbff\udfff")) {
            assertThat(encoded(text)).isEqualTo((text + "\0").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static byte[] encoded(String text) {
        return SecretBytes.of(text.toCharArray());
    }

    /**
     * Looks into the memory of its own process for a password: how often it is there when the credentials were made, after
     * connecting in vain, and after they were destroyed.
     */
    static final class Search {

        private static final int LENGTH = 64;

        /** What is looked for is not the beginning, where memory that was freed is used for other things. */
        private static final int SKIPPED = 24;

        /** Of the memory; read without a copy on the way, in which something could be found later. */
        private static final ByteBuffer PIECE = ByteBuffer.allocateDirect(1 << 16);

        private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(PIECE.capacity());

        public static void main(String[] arguments) throws IOException {
            long seed = Long.parseLong(arguments[1]);
            Path directory = Path.of(arguments[0]);
            TestServers.useInventory(directory, FakeControl.of(FakeVddk.directory()), server -> {});
            try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory())) {
                credentials(seed + 1).destroy(); // which loads the classes
                Credentials credentials = credentials(seed);
                System.out.println(count(seed));
                connectInVain(lib, credentials);
                System.out.println(count(seed));
                credentials.destroy();
                System.out.println(count(seed));
                connectInVain(lib, Credentials.password(TestServers.USER, () -> password(seed)));
                System.out.println(count(seed));
            }
        }

        private static Credentials credentials(long seed) {
            char[] password = password(seed);
            Credentials credentials = Credentials.password(TestServers.USER, password);
            Arrays.fill(password, '\0');
            return credentials;
        }

        private static void connectInVain(VixDiskLib lib, Credentials credentials) throws IOException {
            ConnectionSpec spec =
                    ConnectionSpec.server(TestServers.VCENTER, credentials).vm("vm-42");
            for (int i = 0; i < 3; i++) {
                try {
                    lib.connect(spec).close();
                    System.out.println("connected");
                } catch (VixDiskLibException e) {
                    if (!e.error().is(ErrorCode.AUTHENTICATION_FAIL)) {
                        throw e;
                    }
                }
                try {
                    lib.cleanup(spec);
                    System.out.println("cleaned up");
                } catch (CleanupException e) {
                    if (!e.error().is(ErrorCode.AUTHENTICATION_FAIL)) {
                        throw e;
                    }
                }
            }
        }

        /**
         * Made anew wherever it is needed, so that there is one copy only, and wiped there before the garbage collector, which
         * has just run, copies it.
         */
        private static char[] password(long seed) {
            System.gc();
            Random random = new Random(seed);
            char[] password = new char[LENGTH];
            for (int i = 0; i < LENGTH; i++) {
                password[i] = (char) ('!' + random.nextInt('~' - '!'));
            }
            return password;
        }

        /** How often the end of the password is in memory that can be written to, in UTF-8 or UTF-16. */
        private static int count(long seed) throws IOException {
            // Turned around, so as not to find itself.
            byte[] reverse = new byte[LENGTH - SKIPPED];
            char[] password = password(seed);
            for (int i = 0; i < reverse.length; i++) {
                reverse[i] = (byte) password[LENGTH - 1 - i];
            }
            Arrays.fill(password, '\0');
            int found = 0;
            try (FileChannel memory = FileChannel.open(Path.of("/proc/self/mem"))) {
                for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                    String[] parts = line.split("[- ]", 4);
                    if (parts[2].startsWith("rw") && !line.contains("[v")) {
                        long start = Long.parseUnsignedLong(parts[0], 16);
                        found += count(memory, start, Long.parseUnsignedLong(parts[1], 16) - start, reverse);
                    }
                }
            }
            return found;
        }

        private static int count(FileChannel memory, long start, long length, byte[] reverse) throws IOException {
            int overlap = 2 * reverse.length;
            int found = 0;
            for (long at = 0; at < length; at += PIECE.capacity() - overlap) {
                PIECE.clear().limit((int) Math.min(PIECE.capacity(), length - at));
                try {
                    memory.read(PIECE, start + at);
                } catch (IOException e) {
                    return found; // it is reserved only
                }
                boolean isLast = at + PIECE.capacity() >= length;
                found += count(start + at, isLast ? 0 : overlap, reverse);
                PIECE.clear().put(ZEROS.clear());
                if (isLast) {
                    break;
                }
            }
            return found;
        }

        private static int count(long address, int overlap, byte[] reverse) {
            int end = PIECE.position();
            if (PIECE.slice(0, end).mismatch(ZEROS.slice(0, end)) < 0) {
                return 0;
            }
            long own = MemorySegment.ofBuffer(PIECE.duplicate().clear()).address();
            int found = 0;
            for (int i = 0; i < end - overlap; i++) {
                boolean isOwn = address + i >= own && address + i < own + PIECE.capacity();
                found += !isOwn && (isAt(i, reverse, 1) || isAt(i, reverse, 2)) ? 1 : 0;
            }
            return found;
        }

        private static boolean isAt(int at, byte[] reverse, int step) {
            int last = reverse.length - 1;
            if (at + last * step >= PIECE.position()) {
                return false;
            }
            for (int i = 0; i <= last; i++) {
                if (PIECE.get(at + i * step) != reverse[last - i]) {
                    return false;
                }
            }
            return true;
        }
    }

    @Test
    void noCopyOfAPasswordIsLeftInMemory() throws Exception {
        atRandom(random -> {
            ChildJvm child = ChildJvm.run(Search.class, directory, directory, random.nextLong());
            assertThat(child.status()).as(child.log()).isZero();
            assertThat(child.out())
                    .as("made, connected in vain, destroyed, connected in vain with a supplier")
                    .containsExactly("1", "1", "0", "0");
        });
    }

    @Test
    @SuppressWarnings("NullAway") // what callers without its checks can do
    void noSupplierIsRefusedAtOnce() {
        Supplier<char[]> none = null;
        assertThatNullPointerException().isThrownBy(() -> Credentials.password("user", none));
        assertThatNullPointerException().isThrownBy(() -> Credentials.sessionCookie(none));
    }
}
