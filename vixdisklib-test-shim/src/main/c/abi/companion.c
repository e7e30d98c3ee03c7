/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A library that a fixture needs, which needs another one itself.
 */
extern int companionDependency_value(void);
extern int companion_value(void);

int companion_value(void)
{
   return companionDependency_value();
}
