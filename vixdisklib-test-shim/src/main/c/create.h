/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Making and removing disks.
 */
#ifndef CREATE_H
#define CREATE_H

#include "common.h"

/* What Create was asked for, checked as far as it does not depend on the path. */
VixError create_check(const VixDiskLibCreateParams *params);

/* Makes a disk; a failure leaves no file behind. The sector sizes are left out of account unless they are to be read.
 */
VixError create_disk(const char *path, const VixDiskLibCreateParams *params, bool withSectorSizes,
                     VixDiskLibProgressFunc progress, void *progressData);

/* Removes a disk: its extents, then its descriptor. */
VixError unlink_disk(const char *path);

#endif /* CREATE_H */
