#include "auth/author.h"

#include <algorithm>

#include "auth/limits.h"
#include "base/address.h"
#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

constexpr std::size_t max_addresses = 1000;

/// Walks over an address list once; what it has gathered since the last separator is one element.
class AddressReader {
 public:
  explicit AddressReader(std::string_view text) : text_(text) {}

  std::vector<std::string> read() {
    while (at_ < text_.size() && found_.size() < max_addresses) step();
    finish_element();
    return std::move(found_);
  }

 private:
  // address-list = (address *("," address)) ; address = mailbox / group
  // group = display-name ":" [group-list] ";" ; angle-addr = [CFWS] "<" [obs-route] addr-spec ">" [CFWS]
  void step() {
    const char c = text_[at_++];
    if (c == '(')
      skip_comment();
    else if (c == '"')
      copy_quoted();
    else if (c == '[')
      copy_literal();
    else if (c == '<')
      open_angle();
    else if (c == '>' && in_angle_)
      close_angle();
    else if (!in_angle_ && (c == ',' || c == ';'))
      finish_element();
    else if (c == ':')
      element_.clear();  // the name of a group, or an obsolete route (RFC 5322 §4.4)
    else if (!is_space(c))
      element_ += c;
  }

  void skip_comment() {
    for (int depth = 1; at_ < text_.size() && depth > 0; ++at_) {
      if (text_[at_] == '\\')
        ++at_;
      else if (text_[at_] == '(')
        ++depth;
      else if (text_[at_] == ')')
        --depth;
    }
  }

  /// A quoted string is one opaque word: an @ or a comma within has no meaning.
  void copy_quoted() {
    element_ += '"';
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
    ++at_;
  }

  void copy_literal() {
    const auto end = std::min(text_.find(']', at_), text_.size());
    element_ += "[" + std::string(text_.substr(at_, end - at_)) + "]";
    at_ = end + 1;
  }

  void open_angle() {
    element_.clear();  // the display name
    in_angle_ = true;
  }

  void close_angle() {
    take();
    in_angle_ = false;
    angle_seen_ = true;
  }

  /// Text after an angle address is no second address.
  void finish_element() {
    if (!angle_seen_) take();
    element_.clear();
    angle_seen_ = in_angle_ = false;
  }

  void take() {
    if (element_.contains('@')) found_.push_back(element_);
    element_.clear();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string element_;
  bool in_angle_ = false, angle_seen_ = false;
  std::vector<std::string> found_;
};

std::unexpected<Error> no_author(std::string why) { return fail(Failure::protocol, std::move(why)); }

}  // namespace

std::vector<std::string> addresses_of(std::string_view field_value) { return AddressReader(field_value).read(); }

Result<std::string> author_domain(const Message& message) {
  const auto fields = message.all("From");
  if (fields.empty()) return no_author("no author domain: there is no From field");
  if (fields.size() > 1) return no_author("no author domain: there are several From fields");  // RFC 5322 §3.6
  if (fields.front()->raw.size() > limits::from_bytes) return no_author("no author domain: From is longer than 64 KB");
  std::string domain;
  for (const auto& address : addresses_of(fields.front()->value)) {
    const auto name = DomainName::parse(std::string_view(address).substr(address.rfind('@') + 1));
    if (!name) return no_author("no author domain: From has '" + safe_text(address, 320) + "'");
    if (!domain.empty() && domain != name->text())
      return no_author("several author domains: " + domain + " and " + name->text());
    domain = name->text();
  }
  if (domain.empty()) return no_author("no author domain: From has no address");
  return domain;
}

}  // namespace mailprobe::auth
