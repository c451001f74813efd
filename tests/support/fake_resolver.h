// A resolver out of a map: what is there, what fails, what is bogus. Counts what was asked.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dns/records.h"
#include "dns/resolver.h"

namespace mailprobe::test {

class FakeResolver : public dns::Resolver {
 public:
  void txt(const std::string& name, const std::string& text) { add(name, dns::Type::txt, dns::txt_to_wire(text)); }
  void a(const std::string& name, const std::string& address);  // A or AAAA by the address
  void mx(const std::string& name, unsigned preference, const std::string& exchange);
  void ptr(const std::string& name, const std::string& host);
  void cname(const std::string& name, const std::string& target) { cnames_[key(name)] = key(target); }
  void add(const std::string& name, dns::Type type, std::string rdata);
  /// The name exists and has none of what is asked.
  void empty(const std::string& name) { exists_.insert(key(name)); }

  void fail(const std::string& name, dns::Status status = dns::Status::servfail) { failing_[key(name)] = status; }
  void heal(const std::string& name) { failing_.erase(key(name)); }
  void bogus(const std::string& name) { bogus_.insert(key(name)); }
  void secure(const std::string& name) { secure_.insert(key(name)); }

  Task<dns::Answer> query(std::string name, dns::Type type) override;

  std::vector<std::string> asked;  // "name/type number", in order

 private:
  static std::string key(const std::string& name);
  dns::Answer answer(const std::string& name, dns::Type type) const;

  std::map<std::pair<std::string, dns::Type>, std::vector<std::string>> records_;
  std::map<std::string, std::string> cnames_;
  std::map<std::string, dns::Status> failing_;
  std::set<std::string> exists_, bogus_, secure_;
};

}  // namespace mailprobe::test
