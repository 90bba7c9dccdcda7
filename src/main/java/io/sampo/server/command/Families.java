package io.sampo.server.command;

import io.sampo.command.CommandCommands;
import io.sampo.command.CommandTable;
import io.sampo.command.bitmap.BitmapCommands;
import io.sampo.command.geo.GeoCommands;
import io.sampo.command.hash.HashCommands;
import io.sampo.command.hash.HashExpireCommands;
import io.sampo.command.hash.HashFieldCommands;
import io.sampo.command.hyperloglog.HyperLogLogCommands;
import io.sampo.command.key.ExpireCommands;
import io.sampo.command.key.KeyCommands;
import io.sampo.command.key.KeyspaceCommands;
import io.sampo.command.key.ObjectCommands;
import io.sampo.command.key.ScanCommands;
import io.sampo.command.list.ListCommands;
import io.sampo.command.set.SetAlgebraCommands;
import io.sampo.command.set.SetCommands;
import io.sampo.command.sort.SortCommands;
import io.sampo.command.stream.StreamClaimCommands;
import io.sampo.command.stream.StreamCommands;
import io.sampo.command.stream.StreamGroupCommands;
import io.sampo.command.stream.StreamInfoCommands;
import io.sampo.command.stream.StreamReadCommands;
import io.sampo.command.string.StringCommands;
import io.sampo.command.zset.ZPopCommands;
import io.sampo.command.zset.ZRangeCommands;
import io.sampo.command.zset.ZSetCommands;
import io.sampo.command.zset.ZStoreCommands;
import io.sampo.persist.DumpCommands;
import io.sampo.server.Offer;
import io.sampo.server.config.Settings;

/** Which commands there are, by family. */
public final class Families {
  private Families() {}

  /** What a node answers. */
  public static Offer offer(Settings settings) {
    CommandTable all = all(settings);
    return new Offer(all, ofSentinel(all));
  }

  private static CommandTable all(Settings settings) {
    CommandTable commands = new CommandTable();
    return commands
        .add("string", StringCommands.COMMANDS)
        .add("hash", HashCommands.COMMANDS)
        .add("hash", HashExpireCommands.COMMANDS)
        .add("hash", HashFieldCommands.COMMANDS)
        .add("set", SetCommands.COMMANDS)
        .add("set", SetAlgebraCommands.COMMANDS)
        .add("list", ListCommands.COMMANDS)
        .add("bitmap", BitmapCommands.COMMANDS)
        .add("hyperloglog", HyperLogLogCommands.COMMANDS)
        .add("sorted-set", ZSetCommands.COMMANDS)
        .add("sorted-set", ZRangeCommands.COMMANDS)
        .add("sorted-set", ZPopCommands.COMMANDS)
        .add("sorted-set", ZStoreCommands.COMMANDS)
        .add("geo", GeoCommands.COMMANDS)
        .add("stream", StreamCommands.COMMANDS)
        .add("stream", StreamReadCommands.COMMANDS)
        .add("stream", StreamGroupCommands.COMMANDS)
        .add("stream", StreamClaimCommands.COMMANDS)
        .add("stream", StreamInfoCommands.COMMANDS)
        .add("generic", KeyCommands.COMMANDS)
        .add("generic", SortCommands.COMMANDS)
        .add("generic", ExpireCommands.COMMANDS)
        .add("generic", ScanCommands.COMMANDS)
        .add("generic", ObjectCommands.COMMANDS)
        .add("generic", WaitCommands.COMMANDS)
        .add("generic", MigrateCommand.COMMANDS)
        .add("generic", DumpCommands.onKeys(settings.rdbcompression::get))
        .add("server", DumpCommands.ofServers(settings.rdbcompression::get))
        .add("server", KeyspaceCommands.COMMANDS)
        .add("connection", ConnectionCommands.COMMANDS)
        .add("cluster", ClusterCommands.COMMANDS)
        .add("transactions", TransactionCommands.COMMANDS)
        .add("pubsub", PubSubCommands.COMMANDS)
        .add("server", CommandCommands.family(commands))
        .add("server", ConfigCommands.COMMANDS)
        .add("server", InfoCommand.COMMANDS)
        .add("server", ServerCommands.COMMANDS)
        .add("server", SaveCommands.COMMANDS)
        .add("server", ShutdownCommand.COMMANDS)
        .add("server", AofCommands.COMMANDS)
        .add("server", ReplicationCommands.COMMANDS)
        .add("server", ReplicaCommands.COMMANDS)
        .add("server", SlowLogCommands.COMMANDS)
        .add("server", LatencyCommands.COMMANDS)
        .add("server", MemoryCommands.COMMANDS)
        .add("server", SampoCommands.COMMANDS)
        .add("server", DebugCommand.COMMANDS);
  }

  private static CommandTable ofSentinel(CommandTable all) {
    CommandTable table = all.part(SentinelCommands.SHARED);
    return table
        .add("sentinel", SentinelCommands.COMMANDS)
        .add("server", CommandCommands.family(table));
  }
}
