/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The yardstick: what a C program gets out of a VixDiskLib.
 *
 *    yardstick <directory of a VDDK> <configuration file, or -> <transport> <disk> read|write
 *
 * Opens the disk, a local one if the transport is "file" and one of the simulated host otherwise, and does what the
 * lines of its standard input say, one after the other:
 *
 *    <read|write|readAsync|writeAsync> <bytes of a request> <depth> <number of requests> <checked or unchecked>
 *
 * and answers each with a line:
 *
 *    bytes=<sum> nanoseconds=<time> requests=<number> allocated=0 checksum=<number>
 *
 * Worker.java is the same in Java. Both live as long as their standard input, so they can be asked in turns.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "transfer.h"
#include "vddk.h"

static void ignore(const char *format, va_list arguments)
{
   (void)format;
   (void)arguments;
}

static void tell(const char *format, va_list arguments)
{
   vfprintf(stderr, format, arguments);
}

static void require(VixError error, const char *function)
{
   if (error != VIX_OK) {
      fail("%s: error %llu", function, (unsigned long long)error);
   }
}

/* The one of SimulatedHost.java; the password is in the open there, too. */
static VixDiskLibConnection connectHost(const Vddk *vddk, const char *transport, bool isReadOnly)
{
   VixDiskLibConnectParams *host = vddk->AllocateConnectParams();
   VixDiskLibConnection connection;
   char server[] = "esxi.example.com";
   char user[] = "benchmark";
   char password[] = "simulated";
   char machine[] = "moref=vm-1";

   if (host == NULL) {
      fail("no memory for parameters");
   }
   host->serverName = server;
   host->vmxSpec = machine;
   host->credType = VIXDISKLIB_CRED_UID;
   host->creds.uid.userName = user;
   host->creds.uid.password = password;
   require(vddk->ConnectEx(host, isReadOnly, "snapshot-1", transport, &connection), "ConnectEx");
   host->serverName = NULL;
   host->vmxSpec = NULL;
   host->creds.uid.userName = NULL;
   host->creds.uid.password = NULL;
   vddk->FreeConnectParams(host);
   return connection;
}

static VixDiskLibConnection connectBy(const Vddk *vddk, const char *transport, bool isReadOnly)
{
   VixDiskLibConnection connection;

   if (strcmp(transport, "file") != 0) {
      return connectHost(vddk, transport, isReadOnly);
   }
   require(vddk->Connect(NULL, &connection), "Connect");
   return connection;
}

/* A workload, and what it is in a task. */
static const struct {
   const char *name;
   bool isWrite;
   bool isAsync;
} workloads[] = {
   {"read", false, false},
   {"write", true, false},
   {"readAsync", false, true},
   {"writeAsync", true, true},
};

static bool setWorkload(Task *task, const char *name)
{
   for (size_t i = 0; i < sizeof workloads / sizeof workloads[0]; i++) {
      if (strcmp(workloads[i].name, name) == 0) {
         task->isWrite = workloads[i].isWrite;
         task->isAsync = workloads[i].isAsync;
         return true;
      }
   }
   return false;
}

/* False where there are no more. */
static bool readTask(Task *task)
{
   char line[256];
   char workload[16];
   char checked[16];
   unsigned long long bytes;
   unsigned long long depth;
   unsigned long long requests;

   if (fgets(line, sizeof line, stdin) == NULL) {
      return false;
   }
   if (sscanf(line, "%15s %llu %llu %llu %15s", workload, &bytes, &depth, &requests, checked) != 5 || depth == 0 ||
       !setWorkload(task, workload)) {
      fail("not a task: %s", line);
   }
   task->bytes = bytes;
   task->depth = depth;
   task->requests = requests;
   task->isChecked = strcmp(checked, "checked") == 0;
   return true;
}

static void run(const OpenDisk *disk, const Task *task)
{
   Outcome outcome = transfer(disk, task);

   printf("bytes=%llu nanoseconds=%llu requests=%llu allocated=0 checksum=%llu\n",
          (unsigned long long)(task->bytes * task->requests), (unsigned long long)outcome.nanoseconds,
          (unsigned long long)task->requests, (unsigned long long)outcome.checksum);
   fflush(stdout);
}

static void runAll(const Vddk *vddk, VixDiskLibHandle handle)
{
   OpenDisk disk = {.vddk = vddk, .handle = handle};
   VixDiskLibInfo *info;
   Task task;

   require(vddk->GetInfo(handle, &info), "GetInfo");
   disk.sectors = info->capacity;
   vddk->FreeInfo(info);
   while (readTask(&task)) {
      run(&disk, &task);
   }
}

int main(int argc, char **argv)
{
   Vddk vddk;
   VixDiskLibConnection connection;
   VixDiskLibHandle handle;
   bool isReadOnly;

   if (argc != 6) {
      fail("usage: yardstick <directory of a VDDK> <configuration file, or -> <transport> <disk> read|write");
   }
   isReadOnly = strcmp(argv[5], "write") != 0;
   vddk_load(&vddk, argv[1]);
   require(vddk.InitEx(6, 5, ignore, tell, tell, argv[1], strcmp(argv[2], "-") == 0 ? NULL : argv[2]), "InitEx");
   connection = connectBy(&vddk, argv[3], isReadOnly);
   require(vddk.Open(connection, argv[4], isReadOnly ? VIXDISKLIB_FLAG_OPEN_READ_ONLY : 0, &handle), "Open");
   runAll(&vddk, handle);
   require(vddk.Close(handle), "Close");
   require(vddk.Disconnect(connection), "Disconnect");
   vddk.Exit();
   return EXIT_SUCCESS;
}
