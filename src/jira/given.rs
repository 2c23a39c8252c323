//! Answers that no server gave. Only fuzz targets are built with this: the requests are made and the answers judged as
//! ever, and nothing goes out in between.

use std::cell::RefCell;
use std::future::{Ready, ready};

use reqwest::{RequestBuilder, Response};

thread_local! {
    static NEXT: RefCell<Option<Response>> = const { RefCell::new(None) };
}

/// Answers the next request of this thread.
pub fn answer_next(with: impl Into<Response>) {
    NEXT.set(Some(with.into()));
}

/// What comes of sending `request`.
///
/// # Panics
///
/// If nobody said what is to be answered.
pub(super) fn answer(request: RequestBuilder) -> Ready<reqwest::Result<Response>> {
    let answer = request.build().map(|_| {
        #[expect(clippy::expect_used, reason = "a mistake of the fuzz target")]
        NEXT.take().expect("an answer to the request")
    });
    ready(answer)
}
