/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim.junit;

import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeSession;
import dev.vixdisklib.shim.FakeSetup;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test a {@link FakeSession} of its own, which it and its {@code BeforeEach} and {@code AfterEach} methods can
 * have as a parameter, and so the {@link FakeControl}. At the end, after all {@code AfterEach} methods, the test fails if
 * something is still open that was opened since the beginning, or a rule was broken.
 *
 * <p>{@link FakeVddkTest} is the short form, with nothing set up. To set something up:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final FakeVddkExtension FAKE = FakeVddkExtension.with(FakeSetup.create().withInventory(VSPHERE));
 * }</pre>
 *
 * <p>A process has one fake VDDK, so tests that use it wait for each other where tests run in parallel.
 */
@SuppressWarnings("exports") // who uses an extension of JUnit has JUnit
public final class FakeVddkExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(FakeVddkExtension.class);

    private final FakeSetup setup;

    /** Sets nothing up; for JUnit. */
    public FakeVddkExtension() {
        this(FakeSetup.create());
    }

    private FakeVddkExtension(FakeSetup setup) {
        this.setup = setup;
    }

    /**
     * An extension that sets the fake up for each test.
     *
     * @param setup how the fake is to be
     * @return the extension, for a static field with {@code RegisterExtension}
     */
    public static FakeVddkExtension with(FakeSetup setup) {
        return new FakeVddkExtension(setup);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (session(context) != null) {
            throw new ExtensionConfigurationException(
                    "a test has one session: FakeVddkTest and a FakeVddkExtension, or two"
                            + " of them, do not go together");
        }
        context.getStore(NAMESPACE).put(FakeSession.class, FakeSession.begin(setup));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        FakeSession session = context.getStore(NAMESPACE).remove(FakeSession.class, FakeSession.class);
        if (session != null) {
            session.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == FakeSession.class || type == FakeControl.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        FakeSession session = session(context);
        if (session == null) {
            throw new ParameterResolutionException(
                    "a session of the fake VDDK begins with each test, and is there in test, BeforeEach and AfterEach"
                            + " methods only");
        }
        return parameter.getParameter().getType() == FakeSession.class ? session : session.control();
    }

    private static @Nullable FakeSession session(ExtensionContext context) {
        return context.getStore(NAMESPACE).get(FakeSession.class, FakeSession.class);
    }
}
