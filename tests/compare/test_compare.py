"""Tests of the comparison itself: python3 -m unittest discover -s tests/compare"""

import unittest
from dataclasses import replace

import compare
import ftpscope
import tshark
from story import Session, Story, Transfer, differences
from tshark import Segment

CLIENT, SERVER = "192.0.2.9:40000", "198.51.100.1:21"
NAMES = compare.NAMES


def said(source, sequence, payload, stream=0, **read):
    """A segment of the control connection and what tshark read in it."""
    target = SERVER if source == CLIENT else CLIENT
    facts = {"command": "", "argument": "", "code": "", **read}
    return Segment(stream, source, target, sequence, len(payload), payload=payload, **facts)


def record(kind, **fields):
    """A record of ftpscope's JSON."""
    return {"type": kind, "session": 1, **fields}


def end(name):
    """An endpoint as ftpscope writes it."""
    address, _, port = name.rpartition(":")
    return {"ip": address, "port": int(port)}


class Tshark(unittest.TestCase):
    """Reading tshark's rows."""

    def test_a_row_becomes_a_segment(self):
        row = ["7", "eth:ethertype:ip:tcp:ftp", "0", "192.0.2.9", "198.51.100.1", "", "", "40000",
               "21", "0", "1001", "6", "QUIT", "", "", "515549540d0a"]
        segment = Segment.parse("\t".join(row) + "\n")
        self.assertEqual(segment, said(CLIENT, 1001, b"QUIT\r\n", command="QUIT"))

    def test_the_inner_header_of_a_tunnel_counts(self):
        row = ["7", "eth:ethertype:ip:ipv6:tcp", "0", "10.0.0.1", "10.0.0.2", "2001:db8::9",
               "2001:db8::1", "40000", "21", "1", "1001", "0", "", "", "", ""]
        segment = Segment.parse("\t".join(row))
        self.assertEqual(segment.source, "[2001:db8::9]:40000")
        self.assertEqual(segment.sequence, 1002)

    def test_a_retransmission_counts_once(self):
        quit_ = said(CLIENT, 1, b"QUIT\r\n", command="QUIT")
        story = tshark.tell([quit_, quit_], {21})
        self.assertEqual(story.sessions[0].commands, [("QUIT", "")])

    def test_what_came_late_takes_its_place(self):
        first = said(CLIENT, 2**32 - 6, b"USER a\r\n", command="USER", argument="a")
        second = said(CLIENT, 2, b"PASS b\r\n", command="PASS", argument="b")
        story = tshark.tell([second, first], {21})
        self.assertEqual(story.sessions[0].commands, [("USER", "a"), ("PASS", "b")])

    def test_a_reply_of_several_segments_is_one(self):
        parts = [said(SERVER, 1, b"220-Hello\r\n", code="220"),
                 said(SERVER, 12, b"220-again\r\n", code="220"),
                 said(SERVER, 23, b"220 Ready\r\n", code="220"),
                 said(SERVER, 34, b"331 Password\r\n", code="331")]
        self.assertEqual(tshark.tell(parts, {21}).sessions[0].replies, [220, 331])

    def test_what_is_not_a_word_is_no_command(self):
        abort = said(CLIENT, 1, b"\xff\xf2ABOR\r\n", command="\ufffd\ufffdABOR")
        self.assertEqual(tshark.tell([abort], {21}).sessions[0].commands, [])

    def test_bytes_of_a_data_connection_count_once(self):
        first = replace(said(CLIENT, 1, b"x" * 10, stream=1), target="198.51.100.1:5000")
        overlapping = replace(first, sequence=6)
        story = tshark.tell([first, overlapping], {21})
        self.assertEqual(story.transfers[0].bytes, 15)


class Ftpscope(unittest.TestCase):
    """Reading ftpscope's records."""

    def test_records_become_a_story(self):
        connection = {"from": end("192.0.2.9:40001"), "to": end("198.51.100.1:5000"),
                      "first_frame": 9}
        story = ftpscope.tell([
            record("reply", frame=4, code=220),
            record("command", frame=8, command="RETR", argument="a",
                   replies=[{"frame": 9, "code": 150}, {"frame": 20, "code": 226}]),
            record("command", frame=6, command="PASV", argument=None,
                   replies=[{"frame": 7, "code": 227}]),
            record("data_channel", connection=connection, transfer={"bytes": 100}),
            record("data_channel", connection=None, transfer=None),
            record("session", client=end(CLIENT), server=end(SERVER)),
            {"type": "summary"},
        ])
        self.assertEqual(story.sessions, [Session(
            CLIENT, SERVER, [("PASV", ""), ("RETR", "a")], [220, 227, 150, 226])])
        ends = frozenset(("192.0.2.9:40001", "198.51.100.1:5000"))
        self.assertEqual(story.transfers, [Transfer(ends, 100)])


class Differences(unittest.TestCase):
    """Finding and judging differences."""

    def setUp(self):
        transfer = Transfer(frozenset((CLIENT, SERVER)), 10)
        self.one = Story([Session(CLIENT, SERVER, [("QUIT", "")], [221])], [transfer])
        self.other = Story([Session(CLIENT, SERVER, [("QUIT", "")], [221])],
                           [Transfer(transfer.ends, 10)])

    def found(self):
        """The differences of the two stories."""
        return differences(self.one, self.other, NAMES)

    def test_the_same_story_has_none(self):
        self.assertEqual(self.found(), [])

    def test_each_is_named_once(self):
        self.one.sessions[0].commands += [("NOOP", ""), ("NOOP", "")]
        self.other.sessions[0].replies.insert(0, 220)
        self.other.transfers[0].bytes = 11
        self.assertEqual(self.found(), [
            "session 1: only ftpscope: command NOOP (2 times)",
            "session 1: only tshark: reply 220",
            "a data connection: 10 bytes by ftpscope, 11 by tshark",
        ])

    def test_a_missing_session_and_a_missing_connection_are_named(self):
        self.one = Story()
        self.assertEqual(self.found(), ["session 1: not seen by ftpscope",
                                        "only tshark: a data connection with 10 bytes"])

    def test_unknown_sizes_do_not_differ(self):
        self.one.transfers[0].bytes = None
        self.assertEqual(self.found(), [])
        self.other.transfers.clear()
        self.assertEqual(self.found(), [])

    def test_a_difference_needs_an_explanation_and_the_other_way_round(self):
        because = "tshark reads one line a segment"
        self.assertEqual(compare.judge("a", ["x"], {"x": because}), [])
        self.assertEqual(compare.judge("a", ["x"], {}), ["a: x"])
        self.assertEqual(compare.judge("a", [], {"x": because}),
                         ["a: explained, but no longer so: x"])
        self.assertEqual(compare.judge("a", ["x 1", "x 2"], {"x *": because}), [])
        self.assertEqual(compare.judge("a", ["y"], {"x *": because}),
                         ["a: y", "a: explained, but no longer so: x *"])
        self.assertEqual(compare.judge("a", ["x"], {"x": "todo"}), ["a: without a reason: x"])

    def test_a_piece_of_a_command_is_none_where_lines_are_torn(self):
        self.one.sessions[0].commands = [("PASS", "a horse"), ("PORT", "1,2,3,4,5,6")]
        self.one.sessions[0].replies = [227]
        other = "session 1: only tshark: "
        pieces = ["session 1: only ftpscope: reply 220", other + "command HORSE",
                  other + "command RT 1,2,3,4,5,6", other + "reply 195"]
        left = [other + "command NOOP", "session 1: not seen by tshark",
                "a data connection: 1 bytes by ftpscope, 2 by tshark"]
        self.assertEqual(compare.mended(pieces + left, self.one), left)
        self.one.sessions[0].replies = [220]
        self.assertEqual(compare.mended(pieces[3:], self.one), pieces[3:])


if __name__ == "__main__":
    unittest.main()
