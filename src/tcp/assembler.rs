//! One direction of a stream: order, overlap, retransmission, gaps.
