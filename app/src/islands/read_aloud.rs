//! Reads the page aloud in 长者模式, where the browser can.

use leptos::prelude::*;
use web_sys::{SpeechSynthesis, SpeechSynthesisUtterance};

/// A button that stays hidden until the browser says it can speak.
#[island]
pub fn ReadAloud() -> impl IntoView {
    let able = RwSignal::new(false);
    let speaking = RwSignal::new(false);
    Effect::new(move |_| able.set(speech().is_some()));
    let toggle = move |_| {
        let Some(speech) = speech() else { return };
        // Also clears what another page left in the queue.
        speech.cancel();
        let speak = !speaking.get_untracked();
        if speak {
            say(&speech);
        }
        speaking.set(speak);
    };
    view! {
        <button class="button quiet" type="button" hidden=move || !able.get() on:click=toggle>
            {move || if speaking.get() { "停止朗读" } else { "朗读本页" }}
        </button>
    }
}

fn speech() -> Option<SpeechSynthesis> {
    web_sys::window()?.speech_synthesis().ok()
}

/// Speaks what stands in `<main>`, a sentence at a time: some engines drop long texts.
fn say(speech: &SpeechSynthesis) -> Option<()> {
    let main = web_sys::window()?.document()?.get_element_by_id("main")?;
    let text = wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(main).ok()?.inner_text();
    for sentence in text.split(['\n', '。']).map(str::trim).filter(|sentence| !sentence.is_empty()) {
        let part = SpeechSynthesisUtterance::new_with_text(sentence).ok()?;
        part.set_lang("zh-CN");
        part.set_rate(0.9);
        speech.speak(&part);
    }
    Some(())
}
