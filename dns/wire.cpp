#include "dns/wire.h"

#include <algorithm>

#include "base/text.h"
#include "dns/records.h"

namespace mailprobe::dns {

namespace {

constexpr std::size_t max_name = 255;     // RFC 1035 §2.3.4
constexpr std::size_t max_label = 63;     // RFC 1035 §2.3.4
constexpr std::size_t max_records = 512;  // a message of ours or of our resolver has fewer by far
constexpr std::uint32_t edns_do = 0x8000;

/// Reads forwards; once it has failed it yields zeros and stays failed.
class Reader {
 public:
  explicit Reader(std::string_view message) : message_(message) {}

  std::uint16_t u16() {
    const auto high = u8();
    return static_cast<std::uint16_t>(high << 8 | u8());
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return high << 16 | u16();
  }
  std::string name();
  std::string rdata(std::uint16_t type);
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  unsigned u8() {
    if (at_ < message_.size()) return static_cast<unsigned char>(message_[at_++]);
    failed_ = true;
    return 0;
  }
  std::string broken() {
    failed_ = true;
    return {};
  }
  std::string bytes(std::size_t count) {
    if (failed_ || count > message_.size() - at_) return broken();
    at_ += count;
    return std::string(message_.substr(at_ - count, count));
  }

  std::string_view message_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

// RFC 1035 §4.1.4. A pointer must lead before the place where the name, or the part of it that was pointed to, began:
// so there is no loop.
std::string Reader::name() {
  std::string out;
  std::size_t begin = at_, resume = 0;
  for (;;) {
    const auto length = u8();
    if (length >= 0xc0) {
      const std::size_t target = (length & 0x3f) << 8 | u8();
      if (resume == 0) resume = at_;
      if (failed_ || target >= begin) return broken();
      begin = at_ = target;
      continue;
    }
    if (failed_ || length > max_label || out.size() + 1 + length > max_name) return broken();
    out += static_cast<char>(length);
    out += bytes(length);
    if (length > 0) continue;
    if (resume != 0) at_ = resume;
    return out;
  }
}

// RFC 3597 §4: names may be compressed in the types of RFC 1035 only.
std::string Reader::rdata(std::uint16_t type) {
  const std::size_t length = u16();
  const auto end = at_ + length;
  std::string out;
  switch (static_cast<Type>(type)) {
    case Type::ns:
    case Type::cname:
    case Type::ptr: out = name(); break;
    case Type::mx:
      out = bytes(2);
      out += name();
      break;
    case Type::soa:
      out = name();
      out += name();
      out += bytes(20);
      break;
    default: out = bytes(length);
  }
  if (at_ != end) failed_ = true;
  return out;
}

std::optional<Record> read_record(Reader& in) {
  Record record;
  record.owner = in.name();
  record.type = in.u16();
  record.klass = in.u16();
  record.ttl = in.u32();
  record.rdata = in.rdata(record.type);
  if (in.failed()) return std::nullopt;
  return record;
}

// RFC 6891 §6.1.3
Edns edns_of(const Record& opt) {
  return {.udp_size = opt.klass,
          .extended_rcode = static_cast<std::uint8_t>(opt.ttl >> 24),
          .version = static_cast<std::uint8_t>(opt.ttl >> 16 & 0xff),
          .dnssec_ok = (opt.ttl & edns_do) != 0,
          .client_subnet = client_subnet_in(opt.rdata)};
}

bool read_section(Reader& in, Message& message, std::vector<Record>& section, unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    auto record = read_record(in);
    if (!record) return false;
    if (record->type != type_opt) {
      section.push_back(std::move(*record));
    } else if (message.edns || record->owner.size() != 1) {
      return false;  // RFC 6891 §6.1.1: one, and at the root
    } else {
      message.edns = edns_of(*record);
    }
  }
  return true;
}

void put16(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value >> 8 & 0xff);
  out += static_cast<char>(value & 0xff);
}

void put32(std::string& out, std::uint32_t value) {
  put16(out, value >> 16);
  put16(out, value & 0xffff);
}

void put_record(std::string& out, const Record& record, const std::string& question) {
  constexpr std::uint32_t pointer_to_question = 0xc00c;  // a header is 12 bytes
  if (!question.empty() && record.owner.size() > 1 && iequals(record.owner, question))
    put16(out, pointer_to_question);
  else
    out += record.owner;
  put16(out, record.type);
  put16(out, record.klass);
  put32(out, record.ttl);
  put16(out, static_cast<std::uint32_t>(record.rdata.size()));
  out += record.rdata;
}

void put_edns(std::string& out, const Edns& edns) {
  out += '\0';
  put16(out, type_opt);
  put16(out, edns.udp_size);
  put32(out,
        std::uint32_t{edns.extended_rcode} << 24 | std::uint32_t{edns.version} << 16 | (edns.dnssec_ok ? edns_do : 0));
  put16(out, 0);
}

std::string print(const Message& message, std::uint32_t flags, bool records) {
  std::string out;
  const auto count = [records](const auto& section) {
    return records ? static_cast<std::uint32_t>(section.size()) : 0U;
  };
  put16(out, message.id);
  put16(out, flags);
  put16(out, static_cast<std::uint32_t>(message.questions.size()));
  put16(out, count(message.answers));
  put16(out, count(message.authority));
  put16(out, count(message.additional) + (message.edns ? 1U : 0U));
  for (const auto& question : message.questions) {
    out += question.name;
    put16(out, question.type);
    put16(out, question.klass);
  }
  const std::string name = message.questions.empty() ? std::string{} : message.questions.front().name;
  if (records)
    for (const auto* section : {&message.answers, &message.authority, &message.additional})
      for (const auto& record : *section) put_record(out, record, name);
  if (message.edns) put_edns(out, *message.edns);
  return out;
}

}  // namespace

std::optional<Labels> labels_from_wire(std::string_view wire) {
  Labels out;
  if (wire.size() > max_name) return std::nullopt;
  for (std::size_t at = 0; at < wire.size();) {
    const std::size_t length = static_cast<unsigned char>(wire[at++]);
    if (length == 0) {
      std::ranges::reverse(out);
      return at == wire.size() ? std::optional(std::move(out)) : std::nullopt;
    }
    if (length > max_label || length > wire.size() - at) return std::nullopt;
    out.push_back(to_lower(wire.substr(at, length)));
    at += length;
  }
  return std::nullopt;
}

std::string labels_to_wire(const Labels& labels) {
  std::string out;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label)
    (out += static_cast<char>(label->size())) += *label;
  out += '\0';
  return out;
}

std::optional<Labels> labels_from_text(std::string_view name) {
  const auto wire = name_to_wire(name);
  return wire.empty() ? std::nullopt : labels_from_wire(wire);
}

bool within(const Labels& name, const Labels& zone) {
  return name.size() >= zone.size() && std::equal(zone.begin(), zone.end(), name.begin());
}

std::optional<Message> parse_message(std::string_view bytes) {
  Reader in(bytes);
  Message message;
  message.id = in.u16();
  message.flags = in.u16();
  const unsigned questions = in.u16(), answers = in.u16(), authority = in.u16(), additional = in.u16();
  if (in.failed() || questions + answers + authority + additional > max_records) return std::nullopt;
  for (unsigned i = 0; i < questions && !in.failed(); ++i) {
    Question question;
    question.name = in.name();
    question.type = in.u16();
    question.klass = in.u16();
    message.questions.push_back(std::move(question));
  }
  const bool whole = !in.failed() && read_section(in, message, message.answers, answers) &&
                     read_section(in, message, message.authority, authority) &&
                     read_section(in, message, message.additional, additional);
  return whole ? std::optional(std::move(message)) : std::nullopt;
}

std::string print_message(const Message& message, std::size_t max) {
  auto out = print(message, message.flags, true);
  return out.size() <= max ? out : print(message, message.flags | flag::truncated, false);
}

}  // namespace mailprobe::dns
