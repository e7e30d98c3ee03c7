/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
extern int companionDependency_value(void);

int companionDependency_value(void)
{
   return 6;
}
