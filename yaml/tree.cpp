#include "yaml/tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "base/safe_text.h"

namespace mailprobe::yaml {

namespace {

struct Refused {
  Place at;
  std::string why;
};

Place place_of(const YAML::Mark& mark) { return {.line = mark.line + 1, .column = mark.column + 1}; }

/// Builds the tree as the parser comes by. Whatever is not wanted ends it at once.
class Builder final : public YAML::EventHandler {
 public:
  [[nodiscard]] Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf(mark, anchor, Node::Kind::null, ""); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool null = tag == "?" && (value == "~" || value == "null");
    leaf(mark, anchor, null ? Node::Kind::null : Node::Kind::scalar, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(mark, anchor, Node::Kind::list);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(mark, anchor, Node::Kind::map);
  }
  void OnMapEnd() override { end(); }

 private:
  [[noreturn]] static void refuse_anchor(const YAML::Mark& mark) {
    throw Refused{place_of(mark), "anchors (&) and aliases (*) are not read here: write the value out, or quote it"};
  }

  Node make(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind) {
    if (anchor != 0) refuse_anchor(mark);
    if (++count_ > max_nodes) throw Refused{place_of(mark), "the file has too many values"};
    Node node;
    node.kind = kind;
    const auto at = place_of(mark);
    node.line = at.line;
    node.column = at.column;
    return node;
  }

  void leaf(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind, const std::string& text) {
    auto node = make(mark, anchor, kind);
    node.text = text;
    put(std::move(node));
  }

  void begin(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind) {
    if (open_.size() >= max_depth) throw Refused{place_of(mark), "values are nested too deeply"};
    open_.push_back({make(mark, anchor, kind), {}, 0, false});
  }

  void end() {
    auto node = std::move(open_.back().node);
    open_.pop_back();
    put(std::move(node));
  }

  /// A value that is complete: into the list, the map or the root; or it is the map's next key.
  void put(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& parent = open_.back();
    if (parent.node.kind == Node::Kind::list)
      parent.node.items.push_back(std::move(node));
    else if (parent.has_key)
      put_member(parent, std::move(node));
    else
      put_key(parent, node);
  }

  struct Open {
    Node node;
    std::string key;
    int key_line = 0, key_column = 0;
    bool has_key = false;
  };

  static void put_key(Open& parent, const Node& node) {
    if (node.kind != Node::Kind::scalar) throw Refused{{node.line, node.column}, "a key is a plain word"};
    const auto same = std::ranges::find(parent.node.members, node.text, &Node::Member::key);
    if (same != parent.node.members.end())
      throw Refused{{node.line, node.column},
                    "the key \"" + safe_text(node.text, 100) + "\" stands here a second time (first in line " +
                        std::to_string(same->line) + "): remove one"};
    parent.key = node.text;
    parent.key_line = node.line;
    parent.key_column = node.column;
    parent.has_key = true;
  }

  static void put_member(Open& parent, Node node) {
    parent.node.members.push_back({parent.key, parent.key_line, parent.key_column, std::move(node)});
    parent.has_key = false;
  }

  Node root_;
  std::vector<Open> open_;
  std::size_t count_ = 0;
};

/// yaml-cpp says what it stumbled over; here is what that mostly is, and what would fit.
struct Remedy {
  std::string_view said, remedy;
};
constexpr std::array<Remedy, 11> remedies{{
    {"end of sequence flow not found", "a list that begins with [ ends with ]"},
    {"end of map flow not found", "a map that begins with { ends with }"},
    {"end of sequence not found", "the items of a list begin with - in one column"},
    {"end of map not found", "the keys of a map stand in one column, each with a colon and a space behind it"},
    {"illegal block entry", "a list's - stands at the beginning of a line, indented by spaces and not by tabs"},
    {"illegal map value", "put quotes around a text that holds a colon and a space"},
    {"illegal map key", "the keys of a map stand in one column, each with a colon and a space behind it"},
    {"illegal flow end", "a ] or } has no [ or { before it: put quotes around a text that holds one"},
    {"illegal EOF in scalar", "a text that begins with a quotation mark ends with one"},
    {"illegal tab when looking for indentation", "indent by spaces"},
    {"unknown token", "put quotes around a text that begins with a sign like @, ` or %"},
}};

std::string with_remedy(const std::string& said) {
  const auto found = std::ranges::find(remedies, said, &Remedy::said);
  return safe_text(said, 200) + (found == remedies.end() ? "" : ": " + std::string(found->remedy));
}

std::unexpected<Error> bad(const std::string& name, Place at, Places shown, const std::string& why) {
  return fail(Failure::usage, name + ":" + text_of(at, shown) + ": " + why);
}

}  // namespace

std::string text_of(Place at, Places shown) {
  const auto line = std::to_string(at.line);
  return shown == Places::columns && at.column > 0 ? line + ":" + std::to_string(at.column) : line;
}

Result<Node> parse(std::string_view text, const std::string& name, Places shown) {
  const Place start{.line = 1, .column = 1};
  if (text.size() > max_bytes)
    return bad(name, start, shown, "the file is larger than 256 KiB: this is no file of mailprobe");
  std::istringstream stream{std::string(text)};
  Builder builder;
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    Node root = builder.take();
    Builder rest;
    if (parser.HandleNextDocument(rest))
      return bad(name, start, shown, "the file holds more than one YAML document: keep one");
    return root;
  } catch (const Refused& refused) {
    return bad(name, refused.at, shown, refused.why);
  } catch (const YAML::Exception& error) {
    const auto at = error.mark.is_null() ? start : place_of(error.mark);
    return bad(name, at, shown, "this is not YAML: " + with_remedy(error.msg));
  }
}

}  // namespace mailprobe::yaml
