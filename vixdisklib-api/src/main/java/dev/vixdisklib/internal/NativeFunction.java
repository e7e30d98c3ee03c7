/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

/** The functions of VixDiskLib. */
enum NativeFunction {
    INIT("Init"),
    INIT_EX("InitEx"),
    EXIT("Exit"),
    GET_ERROR_TEXT("GetErrorText"),
    FREE_ERROR_TEXT("FreeErrorText"),
    LIST_TRANSPORT_MODES("ListTransportModes"),
    GET_TRANSPORT_MODE("GetTransportMode"),
    ALLOCATE_CONNECT_PARAMS("AllocateConnectParams", "6.7"),
    FREE_CONNECT_PARAMS("FreeConnectParams"),
    GET_CONNECT_PARAMS("GetConnectParams"),
    CONNECT("Connect"),
    CONNECT_EX("ConnectEx"),
    DISCONNECT("Disconnect"),
    PREPARE_FOR_ACCESS("PrepareForAccess"),
    END_ACCESS("EndAccess"),
    CLEANUP("Cleanup"),
    CREATE("Create"),
    CREATE_CHILD("CreateChild"),
    OPEN("Open"),
    CLOSE("Close"),
    GET_INFO("GetInfo"),
    FREE_INFO("FreeInfo"),
    READ("Read"),
    WRITE("Write"),
    READ_ASYNC("ReadAsync"),
    WRITE_ASYNC("WriteAsync"),
    WAIT("Wait"),
    FLUSH("Flush"),
    QUERY_ALLOCATED_BLOCKS("QueryAllocatedBlocks", "6.7"),
    FREE_BLOCK_LIST("FreeBlockList", "6.7"),
    READ_METADATA("ReadMetadata"),
    WRITE_METADATA("WriteMetadata"),
    GET_METADATA_KEYS("GetMetadataKeys"),
    UNLINK("Unlink"),
    GROW("Grow"),
    SHRINK("Shrink"),
    DEFRAGMENT("Defragment"),
    RENAME("Rename"),
    CLONE("Clone"),
    SPACE_NEEDED_FOR_CLONE("SpaceNeededForClone"),
    IS_ATTACH_POSSIBLE("IsAttachPossible"),
    ATTACH("Attach"),
    CHECK_REPAIR("CheckRepair");

    /** What the name of each has before it. */
    static final String PREFIX = "VixDiskLib_";

    private final String shortName;
    private final String symbol;
    private final String since;

    NativeFunction(String shortName) {
        // Of these, no library is known to lack one; 6.5 is the oldest that is known well (fact sheet, paragraph 2).
        this(shortName, "6.5");
    }

    NativeFunction(String shortName, String since) {
        this.shortName = shortName;
        this.symbol = PREFIX + shortName;
        this.since = since;
    }

    /** The name without prefix, such as {@code Open}. */
    String shortName() {
        return shortName;
    }

    /** The name in C, such as {@code VixDiskLib_Open}. */
    String symbol() {
        return symbol;
    }

    /** Whether it makes a connection. */
    boolean connects() {
        return this == CONNECT || this == CONNECT_EX;
    }

    /** Whether it gives something back, which has to be done even when nothing else works. */
    boolean endsSomething() {
        return this == CLOSE
                || this == DISCONNECT
                || this == END_ACCESS
                || this == WAIT
                || shortName.startsWith("Free");
    }

    /** The VDDK from which on all libraries have it. */
    String since() {
        return since;
    }
}
