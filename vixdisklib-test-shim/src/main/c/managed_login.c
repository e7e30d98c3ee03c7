/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Who may do what on which server.
 */
#include <string.h>

#include "faults.h"
#include "log.h"
#include "managed.h"
#include "version.h"

#define DEFAULT_PORT 443

static VixError checkCredentials(const VixDiskLibConnectParams *params)
{
   switch ((int)params->credType) {
   case VIXDISKLIB_CRED_UID:
      if (!isAbsent(params->creds.uid.userName) && !isAbsent(params->creds.uid.password)) {
         return VIX_OK;
      }
      break;
   case VIXDISKLIB_CRED_SESSIONID:
      if (!isAbsent(params->creds.sessionId.cookie)) {
         return VIX_OK;
      }
      break;
   case VIXDISKLIB_CRED_TICKETID:
   case VIXDISKLIB_CRED_SSPI:
   case VIXDISKLIB_CRED_UNKNOWN:
      log_warn("VixDiskLib: credentials of type %d are not supported; use a user's name and password, or a session.\n",
               (int)params->credType);
      return VIX_E_NOT_SUPPORTED;
   default:
      break;
   }
   log_warn("VixDiskLib: the parameters for \"%s\" lack credentials (their type is %d).\n", params->serverName,
            (int)params->credType);
   return VIX_E_INVALID_ARG;
}

/* The host in maintenance has a code of its own since 7.0.1. */
static VixError checkState(const InventoryServer *server)
{
   switch (server->state) {
   case SERVER_DOWN:
      log_warn("VixDiskLib: the server \"%s\" cannot be reached.\n", server->entry.id);
      return VIX_E_CANNOT_CONNECT_TO_HOST;
   case SERVER_MAINTENANCE:
      log_warn("VixDiskLib: the server \"%s\" is in maintenance.\n", server->entry.id);
      return version_isAtLeast(7, 0, 1) ? VIX_E_HOST_SERVER_NOT_AVAILABLE : VIX_E_CANNOT_CONNECT_TO_HOST;
   case SERVER_REFUSING:
      log_warn("VixDiskLib: the server \"%s\" refuses connections.\n", server->entry.id);
      return VIX_E_HOST_NETWORK_CONN_REFUSED;
   default:
      return VIX_OK;
   }
}

static VixError checkPort(const InventoryServer *server, uint32 port)
{
   port = port != 0 ? port : DEFAULT_PORT;
   if (port != server->port) {
      log_warn("VixDiskLib: the server \"%s\" listens at port %u, not at %u.\n", server->entry.id, server->port, port);
      return VIX_E_HOST_NETWORK_CONN_REFUSED;
   }
   return VIX_OK;
}

static const InventoryUser *findUser(const Login *login, const VixDiskLibConnectParams *params)
{
   const Inventory *inventory = login->vsphere->inventory;
   const InventoryUser *user;

   if (params->credType == VIXDISKLIB_CRED_SESSIONID) {
      return inventory_userOfSession(inventory, login->server, params->creds.sessionId.cookie);
   }
   user = inventory_user(inventory, login->server, params->creds.uid.userName);
   return user != NULL && user->password != NULL && strcmp(user->password, params->creds.uid.password) == 0 ? user
                                                                                                            : NULL;
}

/* The user comes last, when the server has been reached. */
static VixError findServer(const VixDiskLibConnectParams *params, Login *login)
{
   login->server = inventory_server(login->vsphere->inventory, params->serverName);
   if (login->server == NULL) {
      log_warn("VixDiskLib: there is no server \"%s\"; the inventory \"%s\" has none.\n", params->serverName,
               login->vsphere->path);
      return VIX_E_HOST_SERVER_NOT_FOUND;
   }
   return VIX_OK;
}

static VixError enter(const VixDiskLibConnectParams *params, Login *login)
{
   VixError error = findServer(params, login);

   if (error == VIX_OK) {
      error = checkState(login->server);
   }
   if (error == VIX_OK) {
      error = checkPort(login->server, params->port);
   }
   if (error == VIX_OK &&
       (faults_occurs(VDDK_FAULT_VIM_LOAD_BAD_KEY, &error) || faults_occurs(VDDK_FAULT_VIM_BAD_TICKET, &error))) {
      return error;
   }
   if (error == VIX_OK && (login->user = findUser(login, params)) == NULL) {
      log_warn("VixDiskLib: \"%s\" does not accept the %s.\n", params->serverName,
               params->credType == VIXDISKLIB_CRED_SESSIONID ? "session" : "user's name and password");
      error = VIX_E_AUTHENTICATION_FAIL;
   }
   return error;
}

VixError managed_login(const VixDiskLibConnectParams *params, Login *login)
{
   VixError error;

   if (isAbsent(params->serverName)) {
      log_warn("VixDiskLib: the parameters name a virtual machine and lack the server.\n");
      return VIX_E_INVALID_ARG;
   }
   error = checkCredentials(params);
   if (error == VIX_OK) {
      error = vsphere_acquire(&login->vsphere);
   }
   if (error != VIX_OK) {
      return error;
   }
   error = enter(params, login);
   if (error != VIX_OK) {
      managed_logout(login);
   }
   return error;
}

void managed_logout(Login *login)
{
   vsphere_release(login->vsphere);
}

/* What a host that cannot be reached makes Open return; before 8.0.2, these were one error. */
static VixError checkStateAgain(const InventoryServer *server)
{
   VixError error = checkState(server);

   if (error == VIX_OK || server->state == SERVER_DOWN) {
      return error;
   }
   if (!version_isAtLeast(8, 0, 2)) {
      return VIX_E_FILE_ACCESS_ERROR;
   }
   return server->state == SERVER_MAINTENANCE ? VIX_E_HOST_SERVER_SHUTDOWN : error;
}

VixError managed_loginAgain(const Managed *managed, Login *login)
{
   VixError error = vsphere_acquire(&login->vsphere);

   if (error != VIX_OK) {
      return error;
   }
   error = findServer(managed->params, login);
   if (error == VIX_OK) {
      error = checkStateAgain(login->server);
   }
   if (error == VIX_OK && (login->user = findUser(login, managed->params)) == NULL) {
      log_warn("VixDiskLib: \"%s\" no longer knows the user of the connection.\n", managed->params->serverName);
      error = VIX_E_AUTHENTICATION_FAIL;
   }
   if (error != VIX_OK) {
      managed_logout(login);
   }
   return error;
}

VixError managed_checkPrivilege(const Login *login, unsigned privilege, const char *name)
{
   if ((login->user->privileges & privilege) != 0) {
      return VIX_OK;
   }
   log_warn("VixDiskLib: the user \"%s\" lacks the privilege \"%s\" on \"%s\".\n", login->user->entry.id, name,
            login->server->entry.id);
   return VIX_E_HOST_USER_PERMISSIONS;
}
