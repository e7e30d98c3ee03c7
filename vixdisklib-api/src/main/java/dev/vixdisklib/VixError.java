/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.Optional;

/**
 * An error as the library returned it. The documented code is in the low 16 bits, the others can carry more (VDDK guide,
 * "Interpreting Error Codes"); nothing of it is lost here.
 *
 * @param value all 64 bits
 */
public record VixError(long value) {

    private static final int CODE_MASK = 0xffff;

    /**
     * The documented number of the error.
     *
     * @return the low 16 bits
     */
    public int number() {
        return (int) (value & CODE_MASK);
    }

    /**
     * The error as a constant.
     *
     * @return the constant, empty for a number that this version does not know
     */
    public Optional<ErrorCode> code() {
        return ErrorCode.ofNumber(number());
    }

    /**
     * Whether this is a certain error.
     *
     * @param code the error to compare with
     * @return whether the numbers are equal
     */
    public boolean is(ErrorCode code) {
        return number() == code.number();
    }

    /**
     * The name of the error in C.
     *
     * @return such as {@code VIX_E_FILE_NOT_FOUND}, or {@code VIX_E_<number>} for a number that this version does not know
     */
    public String symbol() {
        return code().map(ErrorCode::symbol).orElse("VIX_E_" + number());
    }

    @Override
    public String toString() {
        return symbol() + " (" + (value == number() ? "" + number() : "0x" + Long.toHexString(value)) + ")";
    }
}
