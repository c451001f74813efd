#include "base/u_labels.h"

#include <gtest/gtest.h>

namespace mailprobe {
namespace {

TEST(ULabels, AreWhatPeopleWrite) {
  EXPECT_EQ(with_u_labels("xn--bcher-kva.example"), "bücher.example");
  EXPECT_EQ(with_u_labels("mx.xn--bcher-kva.xn--fiqs8s"), "mx.bücher.中国");
}

TEST(ULabels, WhatIsNoneStays) {
  for (const auto* name : {"example.org", "", "xn--", "xn--a-ecp.ru-xn--", "xn--999999999.example", "[192.0.2.1]"})
    EXPECT_EQ(with_u_labels(name), name);
  EXPECT_EQ(with_u_labels("XN--BCHER-KVA.example"), "XN--BCHER-KVA.example");
  const std::string endless = "xn--" + std::string(100'000, 'a');
  EXPECT_EQ(with_u_labels(endless), endless);
}

}  // namespace
}  // namespace mailprobe
