/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Gives each test a session of the fake VDDK, and fails the test if the program under test leaves something open or breaks
 * a rule. See {@link FakeVddkExtension}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(FakeVddkExtension.class)
@SuppressWarnings("exports") // who uses an extension of JUnit has JUnit
@ResourceLock("dev.vixdisklib.shim.FakeSession")
public @interface FakeVddkTest {}
