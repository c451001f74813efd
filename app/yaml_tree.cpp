#include "app/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "base/safe_text.h"

namespace mailprobe::app {

namespace {

struct Refused {
  int line;
  std::string why;
};

int line_of(const YAML::Mark& mark) { return mark.line + 1; }

/// Builds the tree as the parser comes by. Whatever is not wanted ends it at once.
class Builder final : public YAML::EventHandler {
 public:
  [[nodiscard]] YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf(mark, anchor, YamlNode::Kind::null, ""); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool null = tag == "?" && (value == "~" || value == "null");
    leaf(mark, anchor, null ? YamlNode::Kind::null : YamlNode::Kind::scalar, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(mark, anchor, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(mark, anchor, YamlNode::Kind::map);
  }
  void OnMapEnd() override { end(); }

 private:
  [[noreturn]] static void refuse_anchor(const YAML::Mark& mark) {
    throw Refused{line_of(mark), "anchors (&) and aliases (*) are not read here: write the value out, or quote it"};
  }

  YamlNode make(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    if (anchor != 0) refuse_anchor(mark);
    if (++count_ > max_yaml_nodes) throw Refused{line_of(mark), "the file has too many values"};
    YamlNode node;
    node.kind = kind;
    node.line = line_of(mark);
    return node;
  }

  void leaf(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind, const std::string& text) {
    auto node = make(mark, anchor, kind);
    node.text = text;
    put(std::move(node));
  }

  void begin(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    if (open_.size() >= max_yaml_depth) throw Refused{line_of(mark), "values are nested too deeply"};
    open_.push_back({make(mark, anchor, kind), {}, 0, false});
  }

  void end() {
    auto node = std::move(open_.back().node);
    open_.pop_back();
    put(std::move(node));
  }

  /// A value that is complete: into the list, the map or the root; or it is the map's next key.
  void put(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::list)
      parent.node.items.push_back(std::move(node));
    else if (parent.has_key)
      put_member(parent, std::move(node));
    else
      put_key(parent, node);
  }

  struct Open {
    YamlNode node;
    std::string key;
    int key_line = 0;
    bool has_key = false;
  };

  static void put_key(Open& parent, const YamlNode& node) {
    if (node.kind != YamlNode::Kind::scalar) throw Refused{node.line, "a key is a plain word"};
    const auto same = std::ranges::find(parent.node.members, node.text, &YamlNode::Member::key);
    if (same != parent.node.members.end())
      throw Refused{node.line, "the key \"" + safe_text(node.text, 100) +
                                   "\" stands here a second time (first in line " + std::to_string(same->line) +
                                   "): remove one"};
    parent.key = node.text;
    parent.key_line = node.line;
    parent.has_key = true;
  }

  static void put_member(Open& parent, YamlNode node) {
    parent.node.members.push_back({parent.key, parent.key_line, std::move(node)});
    parent.has_key = false;
  }

  YamlNode root_;
  std::vector<Open> open_;
  std::size_t count_ = 0;
};

std::unexpected<Error> bad(const std::string& name, int line, const std::string& why) {
  return fail(Failure::usage, name + ":" + std::to_string(line) + ": " + why);
}

}  // namespace

Result<YamlNode> parse_yaml(std::string_view text, const std::string& name) {
  if (text.size() > max_yaml_bytes)
    return bad(name, 1, "the file is larger than 256 KiB: this is no configuration of mailprobe");
  std::istringstream stream{std::string(text)};
  Builder builder;
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    YamlNode root = builder.take();
    Builder rest;
    if (parser.HandleNextDocument(rest)) return bad(name, 1, "the file holds more than one YAML document: keep one");
    return root;
  } catch (const Refused& refused) {
    return bad(name, refused.line, refused.why);
  } catch (const YAML::Exception& error) {
    return bad(name, std::max(line_of(error.mark), 1), "this is not YAML: " + safe_text(error.msg, 200));
  }
}

}  // namespace mailprobe::app
