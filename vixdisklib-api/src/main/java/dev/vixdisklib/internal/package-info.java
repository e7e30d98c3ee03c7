/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/**
 * What stands between the public API and the generated method handles: loading, checking, handles, structs, upcalls, one
 * class for each job. C names end here.
 */
@NullMarked
package dev.vixdisklib.internal;

import org.jspecify.annotations.NullMarked;
