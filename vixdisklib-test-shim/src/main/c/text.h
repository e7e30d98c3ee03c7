/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#ifndef TEXT_H
#define TEXT_H

#include "common.h"

/* Whether a text is well-formed UTF-8. */
bool text_isUtf8(const char *text);

#endif /* TEXT_H */
