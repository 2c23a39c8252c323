use super::*;

const MINUTE: Duration = Duration::from_mins(1);
const SECOND: Duration = Duration::from_secs(1);

const LIMITED: Feedback = (Ended::Answered(429), None);
const BROKEN: Feedback = (Ended::Answered(503), None);

fn pacer(concurrency: usize, rate: Option<f64>, max_wait: Duration) -> Pacer {
    Pacer::new(Pace {
        concurrency,
        rate,
        max_wait,
    })
}

async fn permit(pacer: &Pacer) -> Permit<'_> {
    pacer
        .acquire(&StopSwitch::default(), Purpose::Operation)
        .await
        .unwrap()
}

fn limited(seconds: u64) -> Feedback {
    let retry_after = Some(Duration::from_secs(seconds));
    (Ended::Answered(429), retry_after)
}

/// An answer by a bucket that gets ten tokens a second.
fn answer(permit: Permit<'_>, remaining: u32) {
    let hints = RateHints {
        limit: 100,
        remaining,
        fill_rate: 10,
        interval: SECOND,
    };
    permit
        .give_feedback((Ended::Answered(200), None), Some(hints), "")
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn everybody_waits_as_long_as_jira_asks() {
    let pacer = pacer(4, None, 10 * MINUTE);
    let start = Instant::now();
    let pause = permit(&pacer)
        .await
        .give_feedback(limited(12), None, "")
        .unwrap();
    drop(permit(&pacer).await);
    let waited = start.elapsed().as_secs_f64();
    assert!((12.0..=12.6).contains(&waited), "{waited}");
    assert!(pause.unwrap() >= 12 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_retry_after_of_zero_or_none_is_at_least_a_second() {
    for feedback in [limited(0), LIMITED] {
        let pacer = pacer(4, None, 10 * MINUTE);
        let pause = permit(&pacer)
            .await
            .give_feedback(feedback, None, "")
            .unwrap();
        assert!(pause.unwrap() >= SECOND);
    }
}

#[tokio::test(start_paused = true)]
async fn requests_that_fail_together_make_one_pause() {
    let pacer = pacer(3, None, 10 * MINUTE);
    let together = [
        permit(&pacer).await,
        permit(&pacer).await,
        permit(&pacer).await,
    ];
    let mut pauses = 0;
    for permit in together {
        let pause = permit
            .give_feedback((Ended::NotConnected, None), None, "")
            .unwrap();
        pauses += usize::from(pause.is_some());
    }
    assert_eq!(pauses, 1);
}

#[tokio::test(start_paused = true)]
async fn the_total_wait_is_bounded() {
    let pacer = pacer(1, None, MINUTE);
    let start = Instant::now();
    let stop = loop {
        let permit = permit(&pacer).await;
        if let Err(stop) = permit.give_feedback((Ended::NotConnected, None), None, "refused") {
            break stop;
        }
    };
    assert!(matches!(stop, Stop::MaxWait { .. }));
    assert!(start.elapsed() <= MINUTE);
}

#[tokio::test(start_paused = true)]
async fn server_errors_and_time_outs_are_borne_only_so_long() {
    let pacer = pacer(1, None, MINUTE);
    for _ in 0..6 {
        let permit = permit(&pacer).await;
        tokio::time::advance(10 * SECOND).await;
        assert!(permit.give_feedback(BROKEN, None, "HTTP 502").is_ok());
    }
    let permit = permit(&pacer).await;
    tokio::time::advance(SECOND).await;
    let stop = permit.give_feedback((Ended::TimedOut, None), None, "no answer");
    assert!(matches!(stop, Err(Stop::MaxWait { .. })), "{stop:?}");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_read_is_no_answer_that_was_waited_for() {
    let pacer = pacer(1, None, MINUTE);
    tokio::time::advance(50 * SECOND).await;
    let read = pacer
        .acquire(&StopSwitch::default(), Purpose::List)
        .await
        .unwrap();
    read.give_feedback((Ended::Answered(200), None), None, "")
        .unwrap();
    let stop = permit(&pacer).await.give_feedback(limited(20), None, "");
    assert!(matches!(stop, Err(Stop::MaxWait { .. })), "{stop:?}");
}

#[tokio::test(start_paused = true)]
async fn the_time_before_sending_begins_again_does_not_count() {
    let pacer = pacer(1, None, MINUTE);
    tokio::time::advance(50 * SECOND).await;
    pacer.begin_sending(1);
    let pause = permit(&pacer).await.give_feedback(limited(20), None, "");
    assert!(pause.is_ok(), "{pause:?}");
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_all_measure_stops_at_once() {
    let pacer = pacer(1, None, MINUTE);
    let stop = permit(&pacer)
        .await
        .give_feedback(limited(u64::MAX), None, "");
    assert!(stop.unwrap_err().to_string().contains("asks to wait"));
}

#[tokio::test(start_paused = true)]
async fn a_list_is_asked_for_again_after_a_pause_whatever_went_wrong() {
    for feedback in [BROKEN, (Ended::TimedOut, None), (Ended::BrokenOff, None)] {
        let pacer = pacer(1, None, MINUTE);
        let read = pacer
            .acquire(&StopSwitch::default(), Purpose::List)
            .await
            .unwrap();
        assert!(
            read.give_feedback(feedback, None, "").unwrap().is_some(),
            "{feedback:?}"
        );
        let permit = permit(&pacer).await;
        assert_eq!(
            permit.give_feedback(feedback, None, "").unwrap(),
            None,
            "{feedback:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_woken_to_stop() {
    let pacer = pacer(1, None, 10 * MINUTE);
    let stop = StopSwitch::default();
    permit(&pacer)
        .await
        .give_feedback(limited(300), None, "")
        .unwrap();
    let start = Instant::now();
    let (woken, ()) = tokio::join!(pacer.acquire(&stop, Purpose::Operation), async {
        stop.throw(Stop::Interrupted);
    });
    assert!(woken.is_none() && start.elapsed().is_zero());
}

#[tokio::test(start_paused = true)]
async fn no_more_requests_are_under_way_than_may_be() {
    let pacer = pacer(2, None, MINUTE);
    let first = permit(&pacer).await;
    let _second = permit(&pacer).await;
    let soon = Duration::from_millis(1);
    assert!(tokio::time::timeout(soon, permit(&pacer)).await.is_err());
    drop(first);
    assert!(tokio::time::timeout(soon, permit(&pacer)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn overload_halves_the_concurrency_and_limits_do_not() {
    for (feedback, allowed) in [
        (BROKEN, 4),
        ((Ended::TimedOut, None), 4),
        (limited(1), 8),
        ((Ended::NotConnected, None), 8),
        ((Ended::BrokenOff, None), 8),
        ((Ended::Answered(200), None), 8),
    ] {
        let pacer = pacer(8, None, MINUTE);
        for _ in 0..6 {
            let permit = permit(&pacer).await;
            permit.give_feedback(feedback, None, "").unwrap();
        }
        let state = pacer.state.borrow();
        assert_eq!(state.concurrency.allowed(), allowed, "{feedback:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_rate_is_kept_to() {
    let pacer = pacer(16, Some(5.0), MINUTE);
    let start = Instant::now();
    for _ in 0..51 {
        permit(&pacer)
            .await
            .give_feedback((Ended::Answered(200), None), None, "")
            .unwrap();
    }
    let took = start.elapsed().as_secs_f64();
    assert!((10.0..10.1).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn a_rate_that_timers_cannot_follow_is_kept_to_all_the_same() {
    let pacer = pacer(16, Some(700.0), MINUTE);
    let start = Instant::now();
    for _ in 0..7001 {
        permit(&pacer)
            .await
            .give_feedback((Ended::Answered(200), None), None, "")
            .unwrap();
    }
    let took = start.elapsed().as_secs_f64();
    assert!((10.0..10.1).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn what_was_missed_is_not_made_up_for_at_once() {
    let pacer = pacer(16, Some(10.0), MINUTE);
    drop(permit(&pacer).await);
    tokio::time::advance(30 * SECOND).await;
    let start = Instant::now();
    for _ in 0..11 {
        drop(permit(&pacer).await);
    }
    assert!(start.elapsed() >= Duration::from_millis(950));
}

#[tokio::test(start_paused = true)]
async fn the_slower_of_both_limits_counts() {
    for (rate, seconds) in [(None, 2.9), (Some(100.0), 2.9), (Some(2.0), 10.5)] {
        let pacer = pacer(4, rate, MINUTE);
        answer(permit(&pacer).await, 0);
        let start = Instant::now();
        // Twenty more, from a bucket that is empty and gets ten a second.
        for left in (0..10).rev().chain((0..10).rev()) {
            answer(permit(&pacer).await, left);
        }
        let took = start.elapsed().as_secs_f64();
        assert!(
            (seconds - 0.2..=seconds + 0.2).contains(&took),
            "{rate:?} {took}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_ones_are_not_spaced_if_there_are_tokens_for_all() {
    let pacer = pacer(1, None, MINUTE);
    answer(permit(&pacer).await, 8);
    let start = Instant::now();
    pacer.begin_sending(8);
    for left in (0..8).rev() {
        answer(permit(&pacer).await, left);
    }
    assert!(start.elapsed().is_zero(), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn one_that_is_never_answered_does_not_hold_the_others_up() {
    let pacer = pacer(4, None, MINUTE);
    answer(permit(&pacer).await, 0);
    let _first = permit(&pacer).await;
    assert!(
        tokio::time::timeout(2 * SECOND, permit(&pacer))
            .await
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn hints_that_are_given_no_more_count_no_more() {
    let pacer = pacer(1, None, MINUTE);
    answer(permit(&pacer).await, 0);
    for _ in 0..8 {
        permit(&pacer)
            .await
            .give_feedback((Ended::Answered(200), None), None, "")
            .unwrap();
    }
    let start = Instant::now();
    for _ in 0..100 {
        permit(&pacer)
            .await
            .give_feedback((Ended::Answered(200), None), None, "")
            .unwrap();
    }
    assert!(start.elapsed().is_zero(), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_not_given_ends_no_wait() {
    let pacer = pacer(1, None, SECOND);
    // Settling takes its time.
    tokio::time::advance(MINUTE).await;
    for feedback in [BROKEN, (Ended::NotConnected, None), LIMITED] {
        let read = pacer
            .acquire(&StopSwitch::default(), Purpose::List)
            .await
            .unwrap();
        assert!(
            read.give_feedback(feedback, None, "").is_ok(),
            "{feedback:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_list_waits_for_what_jira_asks_and_not_for_the_back_off() {
    let pacer = pacer(1, None, 10 * MINUTE);
    let start = Instant::now();
    for _ in 0..12 {
        permit(&pacer)
            .await
            .give_feedback((Ended::NotConnected, None), None, "refused")
            .unwrap();
    }
    let stopped = Instant::now();
    drop(pacer.acquire_for_last_list().await.unwrap());
    assert_eq!(stopped.elapsed(), Duration::ZERO);
    assert!(start.elapsed() > SECOND);

    permit(&pacer)
        .await
        .give_feedback(limited(2), None, "")
        .unwrap();
    let stopped = Instant::now();
    drop(pacer.acquire_for_last_list().await.unwrap());
    assert!(stopped.elapsed() >= 2 * SECOND);

    permit(&pacer)
        .await
        .give_feedback(limited(60), None, "")
        .unwrap();
    let stopped = Instant::now();
    assert!(pacer.acquire_for_last_list().await.is_none());
    assert!(stopped.elapsed() < MINUTE);
}
