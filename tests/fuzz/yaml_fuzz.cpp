// A configuration file as a tree: whatever it holds, it ends soon, within its bounds, with an error that names a line.
#include <cstdint>
#include <cstdlib>

#include "yaml/fields.h"
#include "yaml/tree.h"

namespace {

using namespace mailprobe::yaml;

void require(bool holds) {
  if (!holds) std::abort();
}

std::size_t depth_of(const Node& node) {
  std::size_t deepest = 0;
  require(node.line >= 0);
  for (const auto& item : node.items) deepest = std::max(deepest, depth_of(item));
  for (const auto& member : node.members) deepest = std::max(deepest, depth_of(member.value));
  return deepest + 1;
}

/// Read as a section would: no field of it may surprise the reader.
void read(const Node& node) {
  Problems problems("f");
  Fields fields(node, "section", problems);
  (void)fields.word("a");
  (void)fields.words("b");
  (void)fields.members("c");
  (void)fields.number("d", 1, 1, 9);
  (void)fields.duration("e", std::chrono::seconds(1));
  fields.finish();
  if (!problems.none()) require(problems.error().message.starts_with("f:"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto tree = parse({reinterpret_cast<const char*>(data), size}, "f");
  if (!tree) {
    require(tree.error().message.starts_with("f:"));
    require(tree.error().message.find('\x1b') == std::string::npos);
    return 0;
  }
  require(depth_of(*tree) <= max_depth + 1);
  read(*tree);
  return 0;
}
