// What is wrong with a message on purpose: its name, and the sequences that published tools try.
#include "scenarios/faults.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <set>

#include "tests/support/conformance.h"

namespace mailprobe::scenarios {
namespace {

TEST(Faults, EverySequenceOfThePublishedToolsIsThere) {
  MAILPROBE_CONFORMANCE(folder, "smtp-smuggling");
  const auto cases = boost::json::parse(test::read_file(folder / "cases.json"));
  std::set<std::string> published, ours;
  for (const auto* list : {"inbound_eod_sequences", "outbound_eod_sequences"})
    for (const auto& each : cases.at("sequences").at(list).as_array())
      published.insert(std::string(std::string_view(each.as_string())));
  for (const auto& [end, name] : Words<EndOfData>::table) ours.insert(std::string(bytes_of(end)));
  EXPECT_EQ(ours, published);
}

TEST(Faults, AreNamedForWhatIsToFindThem) {
  Send send;
  EXPECT_EQ(fault_of(send), std::nullopt);
  send.end_of_data = EndOfData::cr_dot_crlf;
  EXPECT_EQ(fault_of(send), "smuggling-cr-dot-crlf");
  send = {};
  send.dkim.fault = DkimFault::rsa_sha1;
  EXPECT_EQ(fault_of(send), "dkim-rsa-sha1");
}

}  // namespace
}  // namespace mailprobe::scenarios
