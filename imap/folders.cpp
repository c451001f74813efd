#include "imap/folders.h"

#include <algorithm>
#include <array>

#include "base/safe_text.h"
#include "base/suggest.h"
#include "base/text.h"
#include "imap/mailbox_name.h"

namespace mailprobe::imap {

namespace {

constexpr std::size_t max_shown_folders = 10;  // in an error
constexpr std::size_t max_shown_name = 200;    // bytes

/// RFC 6154 §2, with XLIST's names for the same.
std::string special_use_of(const ListData& listed) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> uses{{
      {"\\Junk", "\\Junk"},
      {"\\Spam", "\\Junk"},
      {"\\All", "\\All"},
      {"\\AllMail", "\\All"},
      {"\\Archive", "\\Archive"},
      {"\\Trash", "\\Trash"},
      {"\\Sent", "\\Sent"},
      {"\\Drafts", "\\Drafts"},
      {"\\Flagged", "\\Flagged"},
  }};
  for (const auto& attribute : listed.attributes)
    for (const auto& [said, meant] : uses)
      if (iequals(attribute, said)) return std::string(meant);
  return {};
}

bool selectable(const ListData& listed) {
  return std::ranges::none_of(listed.attributes, [](const auto& attribute) {
    return iequals(attribute, "\\Noselect") || iequals(attribute, "\\NonExistent");
  });
}

/// Exchange, Courier and others mark nothing; these are the names that they and common clients give.
bool usual_junk_name(const ListData& listed, std::string_view name) {
  if (!listed.delimiter.empty() && name.rfind(listed.delimiter) != std::string_view::npos)
    name.remove_prefix(name.rfind(listed.delimiter) + listed.delimiter.size());
  static constexpr std::array<std::string_view, 6> names{"Junk",       "Spam",        "Junk E-mail",
                                                         "Junk Email", "Junk E-Mail", "Bulk Mail"};
  return std::ranges::any_of(names, [&](std::string_view each) { return iequals(each, name); });
}

/// INBOX in any case is the same (RFC 9051 §5.1).
bool same_name(std::string_view a, std::string_view b) {
  return a == b || (iequals(a, "INBOX") && iequals(b, "INBOX"));
}

class Chooser {
 public:
  Chooser(const std::vector<ListData>& listed, bool utf8_names) : utf8_names_(utf8_names) {
    std::vector<std::size_t> usual;
    for (const auto& each : listed) {
      if (!selectable(each) || each.name.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos) continue;
      Folder folder{readable(each.name), each.name, special_use_of(each), {}, 1, false};
      if (iequals(folder.name, "INBOX")) folder.name = "INBOX";
      if (usual_junk_name(each, folder.name)) usual.push_back(known_.size());
      known_.push_back(std::move(folder));
    }
    const auto junk = [](const Folder& folder) { return folder.special_use == "\\Junk"; };
    if (!usual.empty() && std::ranges::none_of(known_, junk)) known_[usual.front()].special_use = "\\Junk";
  }

  Result<void> by_name(const std::string& name) {
    for (const auto& folder : known_)
      if (same_name(folder.name, name)) return add(folder), Result<void>{};
    const auto wire = utf8_names_ ? std::optional(name) : to_modified_utf7(name);
    if (!wire) return fail(Failure::usage, "the folder name '" + safe_text(name, 200) + "' is not UTF-8");
    add({iequals(name, "INBOX") ? "INBOX" : name, *wire, {}, {}, 1, false});
    return {};
  }

  /// False: there is none.
  bool by_use(std::string_view use) {
    bool found = false;
    for (const auto& folder : known_)
      if (iequals(folder.special_use, use)) add(folder), found = true;
    return found;
  }

  /// Those chosen so far were chosen by default.
  void ask() { asked_for_ = true; }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    names.reserve(known_.size());
    for (const auto& folder : known_) names.push_back(folder.name);
    return names;
  }

  std::vector<Folder> take() {
    const auto inbox = std::ranges::find(chosen_, "INBOX", &Folder::name);
    if (inbox != chosen_.end()) std::rotate(chosen_.begin(), inbox, inbox + 1);
    return std::move(chosen_);
  }

 private:
  [[nodiscard]] std::string readable(const std::string& wire) const {
    if (utf8_names_) return wire;
    return from_modified_utf7(wire).value_or(wire);
  }

  void add(Folder folder) {
    auto same = std::ranges::find(chosen_, folder.name, &Folder::name);
    if (same == chosen_.end()) same = chosen_.insert(same, std::move(folder));
    same->asked_for |= asked_for_;
  }

  bool utf8_names_;
  bool asked_for_ = false;
  std::vector<Folder> known_, chosen_;
};

Result<void> add_wanted(Chooser& chooser, const std::vector<std::string>& wanted) {
  for (const auto& each : wanted) {
    if (!each.starts_with('\\')) {
      if (auto added = chooser.by_name(each); !added) return added;
    } else if (!chooser.by_use(each)) {
      return fail(Failure::usage, "the mail server marks no folder as " + safe_text(each, 100));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<Folder>> choose_folders(const std::vector<ListData>& listed, const std::vector<std::string>& wanted,
                                           bool utf8_names, const std::vector<std::string>& more) {
  Chooser chooser(listed, utf8_names);
  if (wanted.empty()) {
    if (auto added = chooser.by_name("INBOX"); !added) return std::unexpected(added.error());
    (void)chooser.by_use("\\Junk");
    (void)chooser.by_use("\\All");
  }
  chooser.ask();
  for (const auto* names : {&wanted, &more})
    if (auto added = add_wanted(chooser, *names); !added) return std::unexpected(added.error());
  return chooser.take();
}

std::string no_such_folder(const std::string& name, const std::vector<ListData>& listed, bool utf8_names) {
  auto names = Chooser(listed, utf8_names).names();
  auto text = "the mail server has no folder " + in_quotes(name);
  if (const auto near = did_you_mean(name, names); !near.empty()) return text + safe_text(near, max_shown_name);
  if (names.empty()) return text;
  const bool cut = names.size() > max_shown_folders;
  names.resize(std::min(names.size(), max_shown_folders));
  for (auto& each : names) each = in_quotes(each);
  if (cut) names.emplace_back("another that it has");
  return text + "; choose " + any_of(names);
}

}  // namespace mailprobe::imap
