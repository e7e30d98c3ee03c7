/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Has a program not wait for the storage: the linker puts this in place of the system call.
 */
int __wrap_fdatasync(int fd);

int __wrap_fdatasync(int fd)
{
   (void)fd;
   return 0;
}
