/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the library tells about a connection: the parameters that it was made with, as the library has them. Secrets are not
 * among them. All of it is empty for a connection to the files of this host.
 *
 * @param server the name of the server
 * @param port the port of the server's service; empty for the default, 443
 * @param nfcPort the port of the data; empty for the default, 902
 * @param thumbprint the thumbprint that the server's certificate is to have
 * @param userName the user
 * @param vmxSpec the virtual machine, such as {@code moref=vm-42}; the library does not tell the snapshot
 * @param firstClassDisk the id of the first-class disk
 * @param diskSnapshot the id of the snapshot of the first-class disk
 * @param datastore the reference of the datastore, of a first-class disk or of a folder
 * @param folder the folder in the datastore
 * @param apiVersion the version of the server's interface that is used, if the library tells
 */
public record ConnectionInfo(
        Optional<String> server,
        OptionalInt port,
        OptionalInt nfcPort,
        Optional<String> thumbprint,
        Optional<String> userName,
        Optional<String> vmxSpec,
        Optional<String> firstClassDisk,
        Optional<String> diskSnapshot,
        Optional<String> datastore,
        Optional<String> folder,
        Optional<String> apiVersion) {}
