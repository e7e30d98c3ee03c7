/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The faults that a program has asked for with VixDiskLib_SetInjectedFault.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include "common.h"
#include "vddkFaultInjection.h"

/* Whether a fault is to occur now; if so, *error is its error and the log is told. It stays until it is taken back. */
bool faults_occurs(int id, VixError *error);

#endif /* FAULTS_H */
