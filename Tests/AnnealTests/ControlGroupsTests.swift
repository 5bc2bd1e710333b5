import AnnealFiles
import TestSupport
import Testing

@testable import Anneal

/// Made-up folders in the layout of both versions of control groups.
@Suite struct ControlGroupsTests {
  private func write(
    _ folder: TemporaryFolder, _ group: String, _ files: KeyValuePairs<String, String>
  ) throws {
    try Folder.create(folder.path + "/" + group)
    for (name, text) in files { try folder.write(text + "\n", to: group + "/" + name) }
  }

  @Test func `the least limit of a group and those around it counts`() throws {
    let folder = try TemporaryFolder()
    try write(folder, "", ["cgroup.controllers": "memory"])
    try write(
      folder, "jobs",
      [
        "memory.max": "4000000", "memory.current": "3000000",
        "memory.stat": "anon 1900000\nfile 1100000\nshmem 100000",
      ])
    try write(folder, "jobs/one", ["memory.max": "max", "memory.current": "900"])
    let groups = ControlGroups(membership: "0::/jobs/one\n", root: folder.path)
    #expect(groups.limit == 4_000_000)
    // Pages of files are as good as free; those of files in memory alone are not.
    #expect(groups.available == 2_000_000)
    try folder.write("1500000\n", to: "jobs/one/memory.max")
    #expect(groups.limit == 1_500_000)
    #expect(groups.available == 1_499_100)
  }

  @Test func `groups of version 1 count too`() throws {
    let folder = try TemporaryFolder()
    try write(folder, "memory", ["memory.limit_in_bytes": "9223372036854771712"])
    try write(
      folder, "memory/jobs",
      [
        "memory.limit_in_bytes": "2000000", "memory.usage_in_bytes": "1200000",
        "memory.stat": "cache 1\nrss 2\ntotal_cache 700000\ntotal_shmem 0",
      ])
    let groups = ControlGroups(
      membership: "5:cpu,cpuacct:/other\n4:memory:/jobs\n0::/\n", root: folder.path)
    #expect(groups.limit == 2_000_000)
    #expect(groups.available == 1_500_000)
  }

  @Test func `in a container the limit lies at the root, and no limit is none`() throws {
    let folder = try TemporaryFolder()
    try write(folder, "", ["memory.max": "max", "memory.current": "1"])
    let groups = ControlGroups(membership: "0::/on/the/host\n", root: folder.path)
    #expect(groups.limit == nil)
    #expect(groups.available == nil)
    try folder.write("8000\n", to: "memory.max")
    #expect(groups.limit == 8000)
    #expect(ControlGroups(membership: "", root: folder.path).limit == 8000)
  }
}
