/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Login;
import dev.vixdisklib.internal.Secret;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.security.auth.Destroyable;
import org.jspecify.annotations.Nullable;

/**
 * What to log in to a server with. Secrets are never a {@link String}, which nobody can wipe, and are in no text: not in
 * {@link #toString}, a message or the log.
 *
 * <p>A secret given as {@code char[]} is copied; wipe the array afterwards. The copy is kept in memory outside of the heap
 * until {@link #destroy}, or until nobody has these credentials any more, and is wiped then. A secret given as a
 * {@link Supplier} is not kept: the supplier is asked at each need, and the array that it gives is wiped when it was used.
 * It is asked on the thread that connects, prepares, ends or cleans up, also where {@link VixDiskLib#close} ends an access;
 * it may throw what it likes, must not use this API, and must not wait for a thread that does.
 *
 * <p>VixDiskLib also has a type of credentials called ticket, which is for VMware's own programs (fact sheet, paragraph
 * 3.1). It is not offered here.
 *
 * <p>For the library, secrets are copied into native memory, which is wiped when the call has ended, whether or not it has
 * failed. What the library itself does with them is not known.
 *
 * <p>May be used from any thread, and for any number of connections.
 */
public final class Credentials implements Destroyable {

    private final Login login;

    private Credentials(Login.Kind kind, @Nullable String userName, @Nullable Secret secret, @Nullable Secret key) {
        this.login = new Login(kind, userName, secret, key);
    }

    /**
     * A user's name and password.
     *
     * @param userName the user, such as {@code backup@vsphere.local}
     * @param password the password, which is copied
     * @return the credentials
     * @throws IllegalArgumentException if one of the two is empty, or has a character in it that cannot be passed on
     */
    public static Credentials password(String userName, char[] password) {
        return password(userName, Secret.of(passwordOf(userName), password));
    }

    /**
     * A user's name, and where to get the password.
     *
     * @param userName the user, such as {@code backup@vsphere.local}
     * @param password asked for the password at each need. What it gives is checked as by
     *     {@link #password(String, char[])}, at that time
     * @return the credentials
     * @throws IllegalArgumentException if the name is empty, or has a character in it that cannot be passed on
     */
    public static Credentials password(String userName, Supplier<char[]> password) {
        return password(userName, Secret.of(passwordOf(userName), password));
    }

    private static Credentials password(String userName, Secret password) {
        return new Credentials(Login.Kind.PASSWORD, userName, password, null);
    }

    private static String passwordOf(String userName) {
        return "the password of " + Names.requireText(userName, "the name of the user");
    }

    /**
     * The cookie of a session that the caller has with the server.
     *
     * @param cookie the cookie, which is copied
     * @return the credentials
     * @throws IllegalArgumentException if the cookie is empty, or has a character in it that cannot be passed on
     */
    public static Credentials sessionCookie(char[] cookie) {
        return session(null, Secret.of("the cookie of the session", cookie), null);
    }

    /**
     * Where to get the cookie of a session that the caller has with the server.
     *
     * @param cookie asked for the cookie at each need. What it gives is checked as by {@link #sessionCookie(char[])}, at
     *     that time
     * @return the credentials
     */
    public static Credentials sessionCookie(Supplier<char[]> cookie) {
        return session(null, Secret.of("the cookie of the session", cookie), null);
    }

    /**
     * The cookie of a session that the caller has with the server, with its user and key.
     *
     * @param userName the user whose session it is
     * @param cookie the cookie, which is copied
     * @param key the key of the session, which is copied
     * @return the credentials
     * @throws IllegalArgumentException if one of the three is empty, or has a character in it that cannot be passed on
     */
    public static Credentials sessionCookie(String userName, char[] cookie, char[] key) {
        String user = Names.requireText(userName, "the name of the user");
        return session(
                user,
                Secret.of("the cookie of the session of " + user, cookie),
                Secret.of("the key of the session of " + user, key));
    }

    /**
     * Where to get the cookie of a session that the caller has with the server, with its user and key.
     *
     * @param userName the user whose session it is
     * @param cookie asked for the cookie at each need
     * @param key asked for the key of the session at each need. What the two give is checked as by
     *     {@link #sessionCookie(String, char[], char[])}, at that time
     * @return the credentials
     * @throws IllegalArgumentException if the name is empty, or has a character in it that cannot be passed on
     */
    public static Credentials sessionCookie(String userName, Supplier<char[]> cookie, Supplier<char[]> key) {
        String user = Names.requireText(userName, "the name of the user");
        return session(
                user,
                Secret.of("the cookie of the session of " + user, cookie),
                Secret.of("the key of the session of " + user, key));
    }

    private static Credentials session(@Nullable String userName, Secret cookie, @Nullable Secret key) {
        return new Credentials(Login.Kind.SESSION, userName, cookie, key);
    }

    /**
     * The user who runs this process.
     *
     * @return the credentials
     * @throws UnsupportedOperationException unless this is Windows
     */
    public static Credentials sspi() {
        String system = System.getProperty("os.name", "");
        if (!system.toLowerCase(Locale.ROOT).startsWith("windows")) {
            throw new UnsupportedOperationException(
                    "only Windows has credentials of the user who runs a process, and this is " + system
                            + "; give a password or a session's cookie");
        }
        return new Credentials(Login.Kind.SSPI, null, null, null);
    }

    /** For the library. */
    Login login() {
        return login;
    }

    /**
     * The user.
     *
     * @return the user's name; empty if it was not told
     */
    public Optional<String> userName() {
        return Optional.ofNullable(login.userName());
    }

    /**
     * Wipes the secrets. Connections that were made with them stay. What needs them later fails with an
     * {@link IllegalStateException}: new connections, and the end of an access that was prepared with them. Destroying
     * twice does nothing.
     */
    @Override
    public void destroy() {
        secrets().forEach(Secret::destroy);
    }

    /**
     * Whether the secrets were wiped.
     *
     * @return whether these credentials are of no more use; never for those without secrets
     */
    @Override
    public boolean isDestroyed() {
        return secrets().anyMatch(Secret::isDestroyed);
    }

    private Stream<Secret> secrets() {
        return Stream.of(Optional.ofNullable(login.secret()), Optional.ofNullable(login.key()))
                .flatMap(Optional::stream);
    }

    /** Tells the user, and no secret. */
    @Override
    public String toString() {
        return switch (login.kind()) {
            case PASSWORD -> "the user " + login.userName();
            case SESSION -> login.userName() == null ? "a session" : "a session of the user " + login.userName();
            case SSPI -> "the user who runs this process";
        };
    }
}
